// Writes openapi/buildcast.postman_collection.json from openapi/openapi.json; with --check it compares instead.

import { readFile, writeFile } from 'node:fs/promises';
import { collectionOf } from './collection.mjs';

const openapi = new URL('../../openapi/', import.meta.url);
const file = new URL('buildcast.postman_collection.json', openapi);
const document = JSON.parse(await readFile(new URL('openapi.json', openapi), 'utf8'));
const made = `${JSON.stringify(await collectionOf(document), null, 1)}\n`;

if (!process.argv.includes('--check')) {
  await writeFile(file, made);
} else if (made !== (await readFile(file, 'utf8').catch(() => ''))) {
  console.error('openapi/buildcast.postman_collection.json is not what the document makes: run `make generate`');
  process.exitCode = 1;
}
