// The collection: Postman's own converter makes it from the document, then it is put in folders, signed, and given what
// makes each request work as it stands. The same document gives the same bytes.

import { readFile } from 'node:fs/promises';
import Converter from 'openapi-to-postmanv2';
import { FOLDERS, KEPT, PATH_VALUES, QUERY_VALUES, VARIABLES } from './operations.mjs';
import { WALK } from './walk.mjs';

const OPTIONS = { folderStrategy: 'Tags', requestNameSource: 'Fallback', parametersResolution: 'Example', includeAuthInfoInExample: false, alwaysInheritAuthentication: true };
const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];

/** Every operation of the document with its method and path. */
export function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })));
}

/** The collection of a document. */
export async function collectionOf(document) {
  const operations = operationsOf(document);
  const requests = await converted(document, operations);
  const item = (operation, more = {}) => itemOf(operation, requests.get(operation.operationId), more);
  const named = (name) => operations.find(({ operationId }) => operationId === name) ?? refuse(`the document has no ${name}`);
  const placed = new Set(Object.values(FOLDERS).flatMap(Object.keys));
  const folders = Object.entries(FOLDERS).map(([name, bodies]) => ({ name, item: Object.entries(bodies).map(([id, body]) => item(named(id), { body })) }));
  const more = operations.filter(({ operationId }) => !placed.has(operationId)).map((operation) => item(operation));
  const rest = more.length ? [{ name: 'More', item: more }] : [];
  const bodies = Object.assign({}, ...Object.values(FOLDERS));
  const walk = WALK.map((step) => item(named(step.operation), { body: bodies[step.operation], ...step }));
  return {
    info: {
      _postman_id: '01980c5e-7b60-7cc3-9f0e-0000000000aa',
      name: 'buildcast',
      description: 'Made from openapi/openapi.json; docs/postman.md says how to use it. Each request is signed. Set `baseUrl` and `secret` first.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    item: [{ name: 'A first build', description: 'From nothing to a version that was gone back to: run it as a whole.', item: walk }, ...folders, ...rest],
    event: [script('prerequest', await sandbox('sign')), script('test', await sandbox('answer'))],
    variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value, type: 'string' })),
  };
}

/** The converter's request of each operation. */
async function converted(document, operations) {
  const slim = structuredClone(document);
  // of answers only their statuses are taken, and requests are found again by their names
  for (const { path, method, operationId } of operations) Object.assign(slim.paths[path][method], { summary: operationId, responses: { 200: { description: 'Done.' } }, tags: [] });
  const result = await new Promise((done, fail) => Converter.convertV2({ type: 'json', data: slim }, OPTIONS, (fault, made) => (fault ? fail(fault) : done(made))));
  if (!result.result) refuse(result.reason);
  const items = (folder) => folder.item.flatMap((entry) => (entry.item ? items(entry) : [entry]));
  return new Map(items(result.output[0].data).map((entry) => [entry.name, entry.request]));
}

/** One request of the collection. */
function itemOf(operation, request, { name = operation.summary, body = null, tests = [] }) {
  if (operation.requestBody && !body) refuse(`operations.mjs has no body for ${operation.operationId}`);
  const header = [{ key: 'Accept', value: 'application/json' }];
  if (body) header.push({ key: 'Content-Type', value: 'application/json' });
  header.push(...(request.header ?? []).filter(ownHeader).map(optional));
  const description = [operation.summary, operation.description].filter(Boolean).join('\n\n');
  return {
    name,
    request: {
      method: operation.method.toUpperCase(),
      description,
      header,
      url: urlOf(operation, request.url),
      ...(body ? { body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } } } : {}),
    },
    response: [],
    event: [script('test', [...expected(operation), ...tests])],
  };
}

/** What is expected of an operation's answer, and what is kept of it. */
function expected({ operationId, responses }) {
  const codes = JSON.stringify(Object.keys(responses).map(Number));
  const kept = Object.entries(KEPT[operationId] ?? {}).map(
    ([variable, member]) => `if (pm.response.code < 300) pm.collectionVariables.set('${variable}', pm.response.json().${member});`,
  );
  return [`pm.test('the document names the status', () => pm.expect(pm.response.code).to.be.oneOf(${codes}));`, ...kept];
}

/** An address, with what stands for its parameters. */
function urlOf(operation, { path, query = [], variable = [] }) {
  const parameters = query.map((parameter) => queryOf(operation, parameter));
  const asked = parameters.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`);
  return {
    raw: `{{baseUrl}}/${path.join('/')}${asked.length ? `?${asked.join('&')}` : ''}`,
    host: ['{{baseUrl}}'],
    path,
    query: parameters,
    variable: variable.map(({ key, description }) => ({ key, value: pathValue(operation, key), description: description?.content })),
  };
}

const ownHeader = ({ key }) => !['accept', 'content-type', 'authorization'].includes(key.toLowerCase());
const optional = ({ key, description }) => ({ key, value: '', description: description?.content, disabled: true });

/** A query's parameter: one that has to be there has its value, every other is off. */
function queryOf({ operationId, parameters = [] }, { key, description }) {
  const needed = parameters.find((parameter) => parameter.name === key && parameter.in === 'query')?.required;
  if (!needed) return { key, value: '', description: description?.content, disabled: true };
  return { key, value: QUERY_VALUES[key] ?? refuse(`operations.mjs has no value for ${key} of ${operationId}`), description: description?.content };
}

/** What stands for a parameter of the path. */
function pathValue({ path }, key) {
  const [before] = path.split(`/{${key}}`);
  return PATH_VALUES[`${before.split('/').at(-1)}/{${key}}`] ?? PATH_VALUES[`{${key}}`] ?? '';
}

const script = (listen, exec) => ({ listen, script: { type: 'text/javascript', exec } });

async function sandbox(name) {
  return (await readFile(new URL(`scripts/${name}.js`, import.meta.url), 'utf8')).trimEnd().split('\n');
}

function refuse(why) {
  throw new Error(why);
}
