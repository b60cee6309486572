// Asks buildcast, signed with version 2. On the server only: whoever has the secret can do anything.

import { createHash, createHmac, randomUUID } from 'node:crypto';

const { BUILDCAST_URL = 'http://127.0.0.1:8080', WORKER_SHARED_SECRET: secret } = process.env;

export async function ask(method, path, body) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const timestamp = String(Date.now());
  const nonce = randomUUID();
  const digest = createHash('sha256').update(text).digest('hex');
  const lines = ['v2', method, path, timestamp, nonce, digest].join('\n');
  const signature = createHmac('sha256', secret).update(lines).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-sheen-timestamp': timestamp, 'x-sheen-nonce': nonce, 'x-sheen-sig-v2': signature };
  return fetch(BUILDCAST_URL + path, { method, headers, body: text || undefined });
}
