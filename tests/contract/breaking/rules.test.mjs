// Each rule finds what it is for, and nothing where a client notices nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { breakingChanges } from "./compare.mjs";

const TEXT = { type: "string" };
const object = (properties, required = Object.keys(properties), more = {}) => ({ type: "object", properties, required, ...more });
const closed = (properties, required) => object(properties, required, { additionalProperties: false });

/** A document with one operation: what it is asked with, what it answers, and anything else of it. */
function document({ asked, answer, ...operation } = {}) {
  const post = {
    operationId: "make",
    ...(asked && { requestBody: { required: true, content: { "application/json": { schema: asked } } } }),
    responses: { 200: { content: { "application/json": { schema: answer ?? TEXT } } }, 404: { content: { "application/json": { schema: TEXT } } } },
    ...operation,
  };
  return { paths: { "/v1/things": { post } }, components: { schemas: {} } };
}

function rules(before, now) {
  return breakingChanges(before, now).map(({ rule }) => rule);
}

const union = (...codes) => ({ oneOf: codes.map((code) => object({ code: { ...TEXT, enum: [code] } })) });
const parameter = (more) => ({ parameters: [{ name: "limit", in: "query", schema: { type: "integer", maximum: 200 }, ...more }] });
const signed = (...names) => ({ security: names.map((name) => ({ [name]: [] })) });

const BREAKING = [
  ["operation removed", document(), { paths: {}, components: { schemas: {} } }],
  ["operation removed", document(), { paths: { "/v1/things": { get: {} } }, components: { schemas: {} } }],
  ["operation renamed", document(), document({ operationId: "create" })],
  ["status removed", document(), document({ responses: { 404: document().paths["/v1/things"].post.responses[404] } })],
  ["media type removed", document(), document({ responses: { 200: { content: { "text/plain": {} } }, 404: document().paths["/v1/things"].post.responses[404] } })],
  ["header removed", document({ responses: { 200: { headers: { ETag: {} } } } }), document({ responses: { 200: {} } })],
  ["security narrowed", document(signed("v1", "v2")), document(signed("v2"))],
  ["security narrowed", document(), document(signed("v2"))],
  ["body required", document(), document({ asked: closed({}) })],
  ["body removed", document({ asked: closed({}) }), document()],
  ["parameter removed", document(parameter()), document()],
  ["parameter required", document(parameter()), document(parameter({ required: true }))],
  ["parameter required", document(), document(parameter({ required: true }))],
  ["maximum narrowed", document(parameter()), document(parameter({ schema: { type: "integer", maximum: 100 } }))],
  ["field removed", document({ answer: object({ a: TEXT }) }), document({ answer: object({}) })],
  ["field removed", document({ answer: object({ a: TEXT }, []) }), document({ answer: object({}) })],
  ["field may be missing", document({ answer: object({ a: TEXT }) }), document({ answer: object({ a: TEXT }, []) })],
  ["type changed", document({ answer: object({ a: TEXT }) }), document({ answer: object({ a: { type: ["string", "null"] } }) })],
  ["type changed", document({ answer: object({ a: { type: "integer" } }) }), document({ answer: object({ a: { type: "number" } }) })],
  ["type changed", document({ answer: { type: "array", items: TEXT } }), document({ answer: { type: "array", items: { type: "integer" } } })],
  ["type changed", document({ answer: object({}, [], { additionalProperties: TEXT }) }), document({ answer: object({}, [], { additionalProperties: { type: "boolean" } }) })],
  ["word changed", document({ answer: object({ a: { ...TEXT, enum: ["x"] } }) }), document({ answer: object({ a: { ...TEXT, enum: ["y"] } }) })],
  ["code removed", document({ answer: union("A", "B") }), document({ answer: union("A") })],
  ["field required", document({ asked: closed({ a: TEXT }, []) }), document({ asked: closed({ a: TEXT, b: TEXT }, ["b"]) })],
  ["field refused", document({ asked: closed({ a: TEXT }, []) }), document({ asked: closed({}) })],
  ["other fields refused", document({ asked: object({}) }), document({ asked: closed({}) })],
  ["type changed", document({ asked: closed({ a: { type: ["string", "null"] } }) }), document({ asked: closed({ a: TEXT }) })],
  ["type changed", document({ asked: closed({ a: { oneOf: [TEXT, { type: "integer" }] } }) }), document({ asked: closed({ a: TEXT }) })],
  ["enum narrowed", document({ asked: closed({ a: { ...TEXT, enum: ["x", "y"] } }) }), document({ asked: closed({ a: { ...TEXT, enum: ["x"] } }) })],
  ["enum narrowed", document({ asked: closed({ a: TEXT }) }), document({ asked: closed({ a: { ...TEXT, enum: ["x"] } }) })],
  ...["minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"].map((name) => limit(name, 1, 2)),
  ...["maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"].map((name) => limit(name, 2, 1)),
  limit("pattern", "^a", "^b"),
  limit("pattern", undefined, "^b"),
  limit("format", undefined, "date"),
];

function limit(name, before, now) {
  const asked = (value) => document({ asked: closed({ a: { type: "string", ...(value !== undefined && { [name]: value }) } }) });
  return [`${name} narrowed`, asked(before), asked(now)];
}

for (const [index, [rule, before, now]] of BREAKING.entries()) {
  test(`${index}: "${rule}" is found, and alone`, () => {
    assert.deepEqual(rules(before, now), [rule]);
    assert.deepEqual(rules(before, before), [], "nothing has changed");
  });
}

const HARMLESS = [
  ["an operation more", { paths: {}, components: { schemas: {} } }, document()],
  ["an error's status less", document(), document({ responses: { 200: document().paths["/v1/things"].post.responses[200] } })],
  ["a parameter more", document(), document(parameter())],
  ["a way in more", document(signed("v2")), document(signed("v1", "v2"))],
  ["an answer's field more", document({ answer: object({}) }), document({ answer: object({ a: TEXT }) })],
  ["a field that is never null any more", document({ answer: object({ a: { type: ["string", "null"] } }) }), document({ answer: object({ a: TEXT }) })],
  ["a code more", document({ answer: union("A") }), document({ answer: union("A", "B") })],
  ["a word more in an answer", document({ answer: { ...TEXT, enum: ["x", "y"] } }), document({ answer: { ...TEXT, enum: ["x", "y", "z"] } })],
  ["an object told apart by codes", document({ answer: object({ code: TEXT }) }), document({ answer: union("A", "B") })],
  ["a request's field more", document({ asked: closed({}) }), document({ asked: closed({ a: TEXT }, []) })],
  ["a field that need not be there any more", document({ asked: closed({ a: TEXT }) }), document({ asked: closed({ a: TEXT }, []) })],
  ["more room", document({ asked: closed({ a: { ...TEXT, maxLength: 1 } }) }), document({ asked: closed({ a: { ...TEXT, maxLength: 2 } }) })],
  ["a header in other letters", document({ responses: { 200: { headers: { ETAG: {} } } } }), document({ responses: { 200: { headers: { etag: {} } } } })],
];

for (const [what, before, now] of HARMLESS) {
  test(`${what} breaks nothing`, () => assert.deepEqual(rules(before, now), []));
}

test("references are followed, also where they lead back", () => {
  const tree = (leaf) => ({ ...document({ answer: { $ref: "#/components/schemas/Tree" } }), components: { schemas: { Tree: object({ leaf, children: { type: "array", items: { $ref: "#/components/schemas/Tree" } } }) } } });
  assert.deepEqual(rules(tree(TEXT), tree(TEXT)), []);
  assert.deepEqual(rules(tree(TEXT), tree({ type: "integer" })), ["type changed"]);
});

test("a removed member of a frame's union is found, though no operation refers to it", () => {
  const frames = (...codes) => ({ paths: {}, components: { schemas: { BuildEvent: union(...codes) } } });
  assert.deepEqual(rules(frames("A", "B"), frames("B")), ["code removed"]);
  assert.deepEqual(rules(frames("A"), { paths: {}, components: { schemas: {} } }), ["component removed"]);
});
