// The document of now takes nothing away from those who use the last release's.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { json } from "../document.mjs";
import { breakingChanges } from "./compare.mjs";

const RELEASED = new URL("../../../openapi/released/", import.meta.url);
const versions = readdirSync(RELEASED)
  .map((name) => /^(\d+)\.(\d+)\.(\d+)\.json$/.exec(name))
  .filter((match) => match !== null)
  .sort((one, other) => [1, 2, 3].map((part) => one[part] - other[part]).find((difference) => difference !== 0) ?? 0);
const last = versions.at(-1)[0];
const corrections = json("openapi/released/corrections.json").filter(({ since }) => `${since}.json` === last);

const found = breakingChanges(json(`openapi/released/${last}`), json("openapi/openapi.json"));
const covers = (correction) => (change) => change.rule === correction.rule && new RegExp(correction.at).test(change.at);

test(`nothing that ${last} promised is gone`, () => {
  const broken = found.filter((change) => !corrections.some((correction) => covers(correction)(change)));
  assert.deepEqual(broken, [], "docs/api-changes.md says what to do");
});

for (const correction of corrections) {
  test(`the correction "${correction.why}" is of something`, () => {
    assert.ok(found.some(covers(correction)));
  });
}
