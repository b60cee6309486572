// Streams that are left and asked for again on a shared socket, and frames of ours that a server can't read.

import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { errorBody, event, lastEvent, numberOf } from './frames.js';
import { readBuild, readProject } from './reading.js';
import { SocketServer, type Peer } from './socket-server.js';

const STREAM = { stream: 'build:b' };

function over(server: { base: string }) {
  return { baseUrl: server.base, transport: 'websocket', WebSocket, token: 'secret' } as const;
}

function told(item: object): object {
  return { type: 'event', ...STREAM, cursor: `c-${numberOf(item)}`, event: item };
}

/** A server and a client whose socket stays open, whatever is left. */
async function shared(): Promise<{ server: SocketServer; peer: Peer; keeps: ReturnType<typeof readProject> }> {
  const server = await SocketServer.start();
  const keeps = readProject('p', over(server));
  const peer = await server.next();
  await peer.next();
  return { server, peer, keeps };
}

describe('a stream that is asked for again', () => {
  it.each([
    ['events', [told(event(4)), { type: 'live', ...STREAM }, told(event(5))]],
    ['the end', [told(lastEvent(4)), { type: 'end', ...STREAM }]],
    ['a refusal', [{ type: 'error', ...STREAM, ...errorBody('FORBIDDEN') }]],
    ['a reset', [{ type: 'reset', ...STREAM, reason: 'expired' }]],
  ])('is told whole, though %s were on the way for the one before', async (_, late) => {
    const { server, peer } = await shared();
    const first = readBuild('b', over(server));
    await peer.next();
    peer.send({ type: 'subscribed', ...STREAM }, told(event(1)), told(event(2)), told(event(3)));
    await first.until(({ items }) => items.length === 3);
    first.subscription.close();
    const second = readBuild('b', over(server));
    expect([await peer.next(), await peer.next()]).toMatchObject([{ type: 'unsubscribe' }, { type: 'subscribe', ...STREAM }]);
    peer.send(...late, { type: 'unsubscribed', ...STREAM }, { type: 'subscribed', ...STREAM });
    for (const item of [event(1), event(2), event(3), event(4), lastEvent(5)]) peer.send(told(item));
    await second.ended();
    expect(second.numbers).toEqual([1, 2, 3, 4, 5]);
    expect(second.problems).toEqual([]);
    expect(second.frames.map(({ type }) => type)).toEqual(['connection']);
  });

  it('twice waits for the answer to both', async () => {
    const { server, peer } = await shared();
    for (let times = 0; times < 2; times += 1) readBuild('b', over(server)).subscription.close();
    const last = readBuild('b', over(server));
    for (let frames = 0; frames < 5; frames += 1) await peer.next();
    const gone = { type: 'unsubscribed', ...STREAM };
    peer.send({ type: 'subscribed', ...STREAM }, told(event(7)), gone, { type: 'subscribed', ...STREAM }, told(event(8)), gone);
    peer.send({ type: 'subscribed', ...STREAM }, told(event(1)), told(lastEvent(2)));
    await last.ended();
    expect(last.numbers).toEqual([1, 2]);
    expect(last.problems).toEqual([]);
  });
});

it('a build that does not begin with 1 has a gap, unless it was resumed or reset', async () => {
  const { server, peer } = await shared();
  const fresh = readBuild('b', over(server));
  await peer.next();
  peer.send({ type: 'subscribed', ...STREAM }, told(lastEvent(4)));
  await fresh.ended();
  expect(fresh.problems).toEqual([{ kind: 'gap', expected: 1, received: 4 }]);
  for (const frames of [[], [{ type: 'reset', ...STREAM, reason: 'expired' }]]) {
    const resumed = readBuild('b', { ...over(server), cursor: 'c-3' });
    await peer.next();
    // The last one was left when it was over.
    peer.send({ type: 'unsubscribed', ...STREAM }, { type: 'subscribed', ...STREAM }, ...frames, told(lastEvent(4)));
    await peer.next();
    await resumed.ended();
    expect(resumed.problems).toEqual([]);
  }
});

describe('a frame of ours that the server can not read', () => {
  it('ends the subscription that waits for its answer, and no other', async () => {
    const { server, peer, keeps } = await shared();
    peer.send({ type: 'subscribed', stream: 'project:p' });
    const waits = readBuild('b', over(server));
    await peer.next();
    peer.send({ type: 'error', ...errorBody('INVALID_INPUT') });
    await waits.ended();
    expect(waits.problems).toMatchObject([{ kind: 'refused', error: { code: 'INVALID_INPUT', requestId: 'r-1' } }]);
    expect(keeps.problems).toEqual([]);
  });

  it('for its size ends that one, and the others come back', async () => {
    const { server, peer, keeps } = await shared();
    const huge = readBuild('x'.repeat(70_000), over(server));
    await peer.next();
    peer.socket.close(1009);
    await huge.ended();
    expect(huge.problems).toMatchObject([{ kind: 'refused', error: { code: 'PAYLOAD_TOO_LARGE' } }]);
    expect(await (await server.next()).next()).toMatchObject({ stream: 'project:p' });
    expect(keeps.problems).toMatchObject([{ kind: 'interrupted' }]);
  });
});
