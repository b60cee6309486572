// Signs a request and sends it: node sign.mjs [--v1] [--print] METHOD URL [BODY]
// The secret is WORKER_SHARED_SECRET. --print shows the headers and sends nothing; TIMESTAMP and NONCE may be set then.

import { createHash, createHmac, randomUUID } from 'node:crypto';

const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const [method, address, body = ''] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const secret = process.env.WORKER_SHARED_SECRET;
if (!secret || !method || !address) {
  console.error('WORKER_SHARED_SECRET=… node sign.mjs [--v1] [--print] METHOD URL [BODY]');
  process.exit(2);
}

const url = new URL(address);
// As it stands on the request line: not decoded, with its query.
const path = url.pathname + url.search;
const hmac = (text) => createHmac('sha256', secret).update(text).digest('hex');

function headersV1() {
  return { 'x-sheen-signature': hmac(body + path) };
}

function headersV2() {
  const timestamp = process.env.TIMESTAMP ?? String(Date.now());
  const nonce = process.env.NONCE ?? randomUUID();
  const digest = createHash('sha256').update(body).digest('hex');
  const signature = hmac(['v2', method, path, timestamp, nonce, digest].join('\n'));
  return { 'x-sheen-timestamp': timestamp, 'x-sheen-nonce': nonce, 'x-sheen-sig-v2': signature };
}

const headers = options.includes('--v1') ? headersV1() : headersV2();
if (options.includes('--print')) {
  for (const [name, value] of Object.entries(headers)) console.log(`${name}: ${value}`);
} else {
  if (body) headers['content-type'] = 'application/json';
  const answer = await fetch(url, { method, headers, body: body || undefined });
  console.log(answer.status);
  console.log(await answer.text());
}
