// Fan-out of Redis channels `ev:{topic}` over SSE and WebSocket, with POST to publish.
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';

const PORT = Number(process.env.PORT ?? 8080);
const REDIS = process.env.REDIS ?? 'redis://127.0.0.1:6379';
const PREFIX = 'ev:';
const PING_MS = 15_000;
const MAX_QUEUED = 1024 * 1024; // bytes waiting for one client; beyond that it is cut off
const TOPIC = /^[A-Za-z0-9_.:-]{1,128}$/;
const WS_PATH = /^\/ws\/([A-Za-z0-9_.:-]{1,128})(?:\?|$)/;
const SSE_HEAD = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};
const SSE_PING = Buffer.from(': ping\n\n');

const publisher = new Redis(REDIS, { enableAutoPipelining: true });
const subscriber = new Redis(REDIS);
for (const redis of [publisher, subscriber]) {
  redis.on('error', (e) => console.error(`redis: ${e.message}`));
}

/** Topics that have clients; each is one Redis subscription. */
const topics = new Map();

/** The topic, once Redis has confirmed the subscription. Pair each call with `leave`. */
async function join(name) {
  let topic = topics.get(name);
  if (!topic) {
    topic = { name, users: 0, sse: new Set(), ws: new Set() };
    topic.ready = subscriber.subscribe(PREFIX + name);
    topics.set(name, topic);
  }
  topic.users += 1;
  try {
    await topic.ready;
  } catch (e) {
    leave(topic);
    throw e;
  }
  return topic;
}

function leave(topic) {
  topic.users -= 1;
  if (topic.users === 0) {
    topics.delete(topic.name);
    subscriber.unsubscribe(PREFIX + topic.name).catch(() => {});
  }
}

function sendSse(response, bytes) {
  if (response.writableLength > MAX_QUEUED) response.destroy();
  else response.write(bytes);
}

function sendWs(socket, bytes) {
  if (socket.bufferedAmount > MAX_QUEUED) socket.terminate();
  else socket.send(bytes, { binary: false });
}

subscriber.on('message', (channel, text) => {
  const topic = topics.get(channel.slice(PREFIX.length));
  if (!topic) return;
  if (topic.sse.size > 0) {
    const frame = Buffer.from(`data: ${text.replace(/\r\n|\r|\n/g, '\ndata: ')}\n\n`);
    for (const response of topic.sse) sendSse(response, frame);
  }
  if (topic.ws.size > 0) {
    const bytes = Buffer.from(text);
    for (const socket of topic.ws) sendWs(socket, bytes);
  }
});

const pings = setInterval(() => {
  for (const topic of topics.values()) {
    for (const response of topic.sse) sendSse(response, SSE_PING);
    for (const socket of topic.ws) socket.ping();
  }
}, PING_MS);

const app = fastify({ forceCloseConnections: true });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
const params = { type: 'object', properties: { topic: { type: 'string', pattern: TOPIC.source } } };

app.post('/pub/:topic', { schema: { params } }, async (request, reply) => {
  const receivers = await publisher.publish(PREFIX + request.params.topic, request.body ?? '');
  reply.code(202);
  return { receivers };
});

app.get('/sse/:topic', { schema: { params } }, async (request, reply) => {
  const topic = await join(request.params.topic);
  const response = reply.raw;
  reply.hijack();
  if (response.destroyed) return leave(topic);
  topic.sse.add(response);
  response.on('error', () => {});
  response.on('close', () => {
    topic.sse.delete(response);
    leave(topic);
  });
  response.writeHead(200, SSE_HEAD);
  response.write(': ok\n\n');
});

const wss = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: 4096 });
app.server.on('upgrade', async (request, socket, head) => {
  socket.on('error', () => {});
  const name = WS_PATH.exec(request.url)?.[1];
  if (!name) return socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  let topic;
  try {
    topic = await join(name);
  } catch {
    return socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
  }
  if (socket.destroyed) return leave(topic);
  let client;
  socket.once('close', () => {
    topic.ws.delete(client);
    leave(topic);
  });
  wss.handleUpgrade(request, socket, head, (ws) => {
    client = ws;
    topic.ws.add(ws);
    ws.on('error', () => {});
  });
});

app.addHook('preClose', async () => {
  clearInterval(pings);
  for (const topic of topics.values()) for (const socket of topic.ws) socket.terminate();
});
app.addHook('onClose', async () => {
  publisher.disconnect();
  subscriber.disconnect();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close());

await Promise.all([publisher.ping(), subscriber.ping()]);
await app.listen({ host: '127.0.0.1', port: PORT, backlog: 4096 });
console.log(`listening ${app.server.address().port}`);
