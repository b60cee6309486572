// The examples are what their schemas say; and what stands in the document without an operation is known.

import Ajv from "ajv/dist/2020.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { json } from "./document.mjs";

const VERSIONS = ["openapi", "openapi-3.2"];
/** Frames of the WebSocket, which OpenAPI does not know, the lines of a recording, which is one text, and what generators use by name. */
const ALONE = {
  openapi: ["ClientFrame", "ControlFrame", "EventType", "RecordedEvent", "RecordingHeader", "ServerFrame"],
  "openapi-3.2": ["ClientFrame", "EventType", "RecordedEvent", "RecordingHeader", "ServerFrame"],
};

for (const version of VERSIONS) {
  const document = json(`openapi/${version}.json`);
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, version);
  const holds = (pointer, value) => {
    const validate = ajv.compile({ $ref: `${version}#${pointer}` });
    assert.ok(validate(value), `${pointer}: ${ajv.errorsText(validate.errors)}`);
  };

  test(`${version}: every body that is JSON has an example, and it is right`, () => {
    let seen = 0;
    for (const { pointer, media, name } of bodies(document)) {
      assert.notEqual(media.example, undefined, name);
      holds(`${pointer}/schema`, media.example);
      seen += 1;
    }
    assert.ok(seen > 50, `${seen} bodies`);
  });

  test(`${version}: every example of a component is right, and every member of a union has one`, () => {
    const { schemas } = document.components;
    for (const [name, { examples = [] }] of Object.entries(schemas)) {
      examples.forEach((example) => holds(`/components/schemas/${name}`, example));
    }
    for (const union of ["BuildEvent", "ErrorBody"]) {
      assert.ok(schemas[union].oneOf.every(({ $ref }) => schemas[$ref.split("/").at(-1)].examples.length === 1));
    }
    for (const union of ["ControlFrame", "ServerFrame", "ClientFrame"]) {
      assert.equal(schemas[union].examples.length, schemas[union].oneOf.length);
    }
  });

  test(`${version}: only the frames of sockets and the lines of recordings stand there without an operation`, () => {
    const text = JSON.stringify(document);
    const alone = Object.keys(document.components.schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    assert.deepEqual(alone.sort(), ALONE[version]);
  });
}

test("openapi-3.2: the data of a stream's examples is what its schema says", () => {
  const document = json("openapi/openapi-3.2.json");
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(document, "document");
  for (const name of ["BuildEventFrame", "LogLineFrame"]) {
    const { examples } = document.components.schemas[name];
    const validate = ajv.compile({ $ref: `document#/components/schemas/${name}/properties/data/contentSchema` });
    assert.equal(examples.length, 5);
    for (const { id, data } of examples) {
      const told = JSON.parse(data);
      assert.ok(validate(told), `${name}: ${ajv.errorsText(validate.errors)}`);
      assert.equal(id === undefined, "type" in told, "a control frame has no cursor, and all else has one");
    }
    assert.ok(!validate({ ...JSON.parse(examples[0].data), seq: "1" }), "a number as text");
  }
});

/** Bodies of requests and of answers that are no errors; not files, nor texts for people. */
function* bodies(document) {
  const escaped = (part) => part.replaceAll("~", "~0").replaceAll("/", "~1");
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const at = `/paths/${escaped(path)}/${method}`;
      const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
      const all = [[`${at}/requestBody`, operation.requestBody], ...answers.map(([status, answer]) => [`${at}/responses/${status}`, answer])];
      for (const [pointer, body] of all) {
        for (const [type, media] of Object.entries(body?.content ?? {}).filter(([type, { schema }]) => schema && schema.format !== "binary" && !type.startsWith("text/plain"))) {
          yield { pointer: `${pointer}/content/${escaped(type)}`, media, name: `${operation.operationId} ${type}` };
        }
      }
    }
  }
}
