// Asks buildcast, signed with version 2. On the server only: whoever has the secret can do anything.

import { createHash, createHmac, randomUUID } from 'node:crypto';

/** Asks, and gives the answer on to the browser as it is: an error's body says what to show. */
export async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Response> {
  // read when asked, so that a build of this app needs no secret
  const { BUILDCAST_URL: url = 'http://127.0.0.1:8080', WORKER_SHARED_SECRET: secret } = process.env;
  if (!secret) throw new Error('WORKER_SHARED_SECRET is not set');
  const text = body ? JSON.stringify(body) : '';
  const timestamp = String(Date.now());
  const nonce = randomUUID();
  const digest = createHash('sha256').update(text).digest('hex');
  const lines = ['v2', method, path, timestamp, nonce, digest].join('\n');
  const signature = createHmac('sha256', secret).update(lines).digest('hex');
  const answer = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', 'x-sheen-timestamp': timestamp, 'x-sheen-nonce': nonce, 'x-sheen-sig-v2': signature },
    body: text || undefined,
    cache: 'no-store',
  });
  return new Response(await answer.text(), { status: answer.status, headers: { 'content-type': 'application/json' } });
}

/** Who is logged in. Take it from your session; never from what the browser says. */
export async function currentUser(): Promise<string> {
  return 'user_1';
}
