// What generators make of events, frames and errors: types that say what everything is, and that narrow.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { json, membersByWord } from "./document.mjs";
import { doubtful, parameters, program } from "./doubtful.mjs";
import { right, wrong } from "./narrowing.mjs";

const UNIONS = ["BuildEvent", "ErrorBody", "ControlFrame", "ServerFrame", "ClientFrame"];
const generated = (name) => fileURLToPath(new URL(`generated/${name}`, import.meta.url));

for (const generator of ["openapi-typescript", "hey-api"]) {
  const files = ["right", "wrong"].map((kind) => generated(`${generator}.${kind}.ts`));
  assert.ok(files.every(existsSync), "npm run generate first");
  const made = program(files);

  test(`${generator}: strict TypeScript takes what is right and refuses every line that is wrong`, () => {
    assert.deepEqual(told(made), []);
  });

  test(`${generator}: no event, frame or error is any or unknown anywhere`, () => {
    const types = parameters(made, files[0]);
    assert.deepEqual([...types.keys()].sort(), UNIONS.map((name) => `narrow${name}`).sort());
    for (const [name, type] of types) {
      assert.deepEqual(doubtful(made, type), [], name);
    }
  });
}

test("every code of the document is narrowed on", () => {
  const text = ts.sys.readFile(generated("openapi-typescript.right.ts"));
  for (const union of UNIONS.slice(0, 2)) {
    const members = membersByWord(json("openapi/openapi.json"), union);
    assert.ok(members.length > 20 && members.every(({ word }) => text.includes(`case "${word}":`)));
  }
});

/** What the compiler says of a document that was changed after the sources of the right one were written. */
async function ofChanged(change) {
  const [document, changed] = [json("openapi/openapi.json"), json("openapi/openapi.json")];
  change(changed.components.schemas);
  const folder = mkdtempSync(join(tmpdir(), "contract-"));
  const imports = 'import type { components } from "./types";';
  const type = (name) => `components["schemas"]["${name}"]`;
  writeFileSync(join(folder, "types.ts"), astToString(await openapiTS(changed)));
  const files = { right: right(document, imports, type), wrong: wrong(document, imports, type) };
  Object.entries(files).forEach(([name, text]) => writeFileSync(join(folder, `${name}.ts`), text));
  const made = program(Object.keys(files).map((name) => join(folder, `${name}.ts`)));
  return { said: told(made), doubts: doubtful(made, parameters(made, join(folder, "right.ts")).get("narrowBuildEvent")) };
}

test("a param of any type, one of another type and a code more are each seen", async () => {
  const open = await ofChanged((schemas) => (schemas.BuildQueuedParams.properties.queuePosition = {}));
  assert.deepEqual(open.doubts, [".params.queuePosition: unknown"]);
  assert.ok(open.said.some((text) => text.includes("right.ts")));
  const other = await ofChanged((schemas) => (schemas.BuildQueuedParams.properties.queuePosition = { type: "string" }));
  assert.ok(other.said.some((text) => text.includes("right.ts")) && other.said.some((text) => text.includes("wrong.ts")));
  const more = await ofChanged((schemas) => schemas.BuildEvent.oneOf.push({ $ref: "#/components/schemas/RateLimitedError" }));
  assert.ok(more.said.some((text) => text.includes("right.ts") && text.includes("never")));
});

function told(made) {
  return ts.getPreEmitDiagnostics(made).map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}
