import { afterEach, expect, it, vi } from 'vitest';
import { probeHistory } from './probe';

const URL_ = 'http://server.test/v1/builds/b-1/events';

function answer(status: number, body: unknown, contentType = 'application/json'): void {
  const text = body === null ? null : JSON.stringify(body);
  vi.stubGlobal('fetch', vi.fn(async () => new Response(text, { status, headers: { 'content-type': contentType } })));
}

afterEach(() => vi.unstubAllGlobals());

it('asks for the event after the cursor, with the token in a header', async () => {
  answer(200, { events: [], finished: true });
  expect(await probeHistory(URL_, 't.o.k', 'c-9')).toEqual({ kind: 'ended' });
  const [address, init] = vi.mocked(fetch).mock.calls[0] ?? [];
  expect(String(address)).toBe(`${URL_}?limit=1&after=c-9`);
  expect(init?.headers).toMatchObject({ authorization: 'Bearer t.o.k' });
});

it('comes back while there is more, or while the build runs', async () => {
  answer(200, { events: [{}], finished: true });
  expect(await probeHistory(URL_, 't', 'c-1')).toEqual({ kind: 'retry' });
  answer(200, { events: [], finished: false });
  expect(await probeHistory(URL_, 't', 'c-1')).toEqual({ kind: 'retry' });
});

it('takes 204 for the end', async () => {
  answer(204, null);
  expect(await probeHistory(URL_, 't', 'c-9')).toEqual({ kind: 'ended' });
});

it('passes a refusal on', async () => {
  const body = { error: 'AUTH_EXPIRED', code: 'AUTH_EXPIRED', message: 'expired', params: {}, requestId: 'r-1' };
  answer(401, body);
  expect(await probeHistory(URL_, 't', undefined)).toEqual({ kind: 'refused', envelope: body });
});

it('comes back after trouble that passes', async () => {
  answer(503, { error: 'SERVICE_UNAVAILABLE', code: 'SERVICE_UNAVAILABLE', message: '', params: {} });
  expect(await probeHistory(URL_, 't', 'c-1')).toEqual({ kind: 'retry' });
  answer(200, 'data: {}', 'text/event-stream');
  expect(await probeHistory(URL_, 't', 'c-1')).toEqual({ kind: 'retry' });
  vi.stubGlobal('fetch', vi.fn(async () => { throw new TypeError('network'); }));
  expect(await probeHistory(URL_, 't', 'c-1')).toEqual({ kind: 'retry' });
});
