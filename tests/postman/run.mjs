// Runs the committed collection with newman against a server of its own: every request as it stands, then one with a wrong secret.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import newman from 'newman';
import { operationsOf } from './collection.mjs';
import { withServer } from './server.mjs';

const openapi = new URL('../../openapi/', import.meta.url);
const document = JSON.parse(await readFile(new URL('openapi.json', openapi), 'utf8'));
const collection = JSON.parse(await readFile(new URL('buildcast.postman_collection.json', openapi), 'utf8'));
const SECRET = 'a secret that only this run knows';

/** Requests of the folders that rightly fail after those before them, or may: a reservation ends once, a build may be faster. */
const MAY_FAIL = { 'Give a reservation back': [409], 'Cancel a build': [409] };

/** All that newman saw: what was asked and answered, and what failed. */
function run(variables, folder) {
  const envVar = Object.entries(variables).map(([key, value]) => ({ key, value }));
  return new Promise((done, fail) => {
    newman.run({ collection, envVar, folder, timeoutRequest: 30_000, timeout: 240_000 }, (fault, { run }) => (fault ? fail(fault) : done(run)));
  });
}

await withServer(SECRET, async (baseUrl) => {
  const { executions, failures, stats } = await run({ baseUrl, secret: SECRET });
  for (const { source, error } of failures) console.error(`${source?.name}: ${error.test ?? error.name}: ${error.message}`);
  for (const { item, response } of executions) {
    const good = response.code < 300 || MAY_FAIL[item.name]?.includes(response.code);
    assert.ok(good, `${item.name}: ${response.code} ${response.text()}`);
  }
  assert.deepEqual(failures, []);

  const asked = new Set(executions.map(({ item }) => `${item.request.method} /${item.request.url.path.join('/')}`));
  console.log(`${stats.requests.total} requests, ${stats.assertions.total} assertions, ${asked.size} of ${operationsOf(document).length} operations`);

  // what Postman would encode after it was signed
  const odd = await run({ baseUrl, secret: SECRET, userId: `o|{d}'"<>` }, 'Look at an account');
  assert.deepEqual([odd.executions.length, odd.executions[0].response.code], [1, 200]);

  const wrong = await run({ baseUrl, secret: 'another secret of some length' }, 'Analytics');
  assert.ok(wrong.executions.length > 0);
  for (const { response } of wrong.executions) {
    assert.equal(response.code, 401);
    assert.equal(response.json().params.reason, 'invalid');
  }
  assert.deepEqual(wrong.failures, []);
  console.log('a wrong secret is refused');
});
