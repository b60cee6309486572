// `request`: what an answer is read as follows from what it says it is, and its type from the document.

import { expect, it } from 'vitest';
import { request } from '../src/index.js';
import { StreamServer } from './stream-server.js';

it('an answer in JSON is its value, and one without content is nothing', async () => {
  const server = await StreamServer.start();
  const asked = request('get', '/v1/locales', { baseUrl: server.base });
  (await server.next()).answer(200, { 'content-type': 'application/json; charset=utf-8' }, '{"default":"en"}');
  expect(await asked).toEqual({ default: 'en' });
  const problem = request('get', '/v1/locales', { baseUrl: server.base });
  (await server.next()).answer(200, { 'content-type': 'application/vnd.x+json' }, '{"default":"ar"}');
  expect(await problem).toEqual({ default: 'ar' });
  const none = request('get', '/v1/locales', { baseUrl: server.base });
  (await server.next()).answer(204);
  expect(await none).toBeUndefined();
});

it('messages and a recording are text', async () => {
  const server = await StreamServer.start();
  const messages: Promise<string> = request('get', '/v1/locales/{locale}/messages.ftl', { baseUrl: server.base, path: { locale: 'ar' } });
  const exchange = await server.next();
  expect(exchange.request.url).toBe('/v1/locales/ar/messages.ftl');
  exchange.answer(200, { 'content-type': 'text/plain; charset=utf-8' }, 'ready = جاهز');
  expect(await messages).toBe('ready = جاهز');
  const recording: Promise<string> = request('get', '/v1/builds/{id}/recording', { baseUrl: server.base, path: { id: 'b' } });
  (await server.next()).answer(200, { 'content-type': 'application/x-ndjson' }, '{"a":1}\n{"a":2}\n');
  expect(await recording).toBe('{"a":1}\n{"a":2}\n');
});

it('a download, or a part of it, is a Blob', async () => {
  const server = await StreamServer.start();
  for (const status of [200, 206]) {
    const file: Promise<Blob> = request('get', '/v1/downloads/{ticket}', { baseUrl: server.base, path: { ticket: 't' } });
    (await server.next()).answer(status, { 'content-type': 'application/zip' }, 'PK\x03\x04');
    expect(await (await file).text()).toBe('PK\x03\x04');
  }
});
