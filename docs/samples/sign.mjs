// Signs a request and sends it: node sign.mjs [--v1] [--print] METHOD URL [BODY]
// The secret is WORKER_SHARED_SECRET. --print shows the headers and sends nothing; TIMESTAMP and NONCE may be set then.
// Prints the status and the body of the answer. Exit codes: 0 an answer of any status, 1 no answer, 2 usage.

import { createHash, createHmac, randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

function refuse(why) {
  console.error(`${why}\nWORKER_SHARED_SECRET=… node sign.mjs [--v1] [--print] METHOD URL [BODY]`);
  process.exit(2);
}

// Options stand before METHOD: a BODY may begin with dashes.
const words = process.argv.slice(2);
const options = new Set();
while (words[0]?.startsWith('-')) {
  const option = words.shift();
  if (option !== '--v1' && option !== '--print') refuse(`${option} is no option`);
  options.add(option);
}
const secret = process.env.WORKER_SHARED_SECRET;
if (!secret) refuse('WORKER_SHARED_SECRET is not set');
if (words.length !== 2 && words.length !== 3) refuse('METHOD and URL, and no more than a BODY');
const [method, url, body = ''] = [words[0].toUpperCase(), ...words.slice(1)];
if (!/^[A-Z]+$/.test(method)) refuse('METHOD: letters');
if (method === 'HEAD' && body) refuse('HEAD has no BODY');
if (!/^[!-~]*$/.test(url)) refuse('URL: visible ASCII characters; percent-encode the others');
if (!/^https?:\/\//.test(url)) refuse('URL: http://… or https://…');

// A fragment stays with the client. What is left is signed and sent as it is: not decoded, with its query. The path of a
// URL object would be another one, where it has braces or dots.
const [, origin, host, rest] = /^(https?:\/\/([^/?]*))(.*)$/.exec(url.split('#')[0]);
if (!host || host.includes('@')) refuse('URL: a host, without a user');
if (!URL.canParse(origin)) refuse('URL: the host or its port');
const path = rest.startsWith('/') ? rest : `/${rest}`;
const hmac = (text) => createHmac('sha256', secret).update(text).digest('hex');

function headersV1() {
  return { 'x-sheen-signature': hmac(body + path) };
}

function headersV2() {
  const timestamp = process.env.TIMESTAMP || String(Date.now());
  const nonce = process.env.NONCE || randomUUID();
  const digest = createHash('sha256').update(body).digest('hex');
  const signature = hmac(['v2', method, path, timestamp, nonce, digest].join('\n'));
  return { 'x-sheen-timestamp': timestamp, 'x-sheen-nonce': nonce, 'x-sheen-sig-v2': signature };
}

async function send(headers) {
  if (body) Object.assign(headers, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  const { request } = origin.startsWith('https:') ? https : http;
  const answer = await new Promise((resolve, reject) => {
    request(new URL(origin), { method, path, headers }, resolve).on('error', reject).end(body || undefined);
  });
  const parts = await answer.toArray();
  process.stdout.write(Buffer.concat([Buffer.from(`${answer.statusCode}\n`), ...parts, Buffer.from('\n')]));
}

const headers = options.has('--v1') ? headersV1() : headersV2();
if (options.has('--print')) {
  for (const [name, value] of Object.entries(headers)) console.log(`${name}: ${value}`);
} else {
  try {
    await send(headers);
  } catch (fault) {
    console.error(`no answer: ${fault.message || fault.code}`);
    process.exitCode = 1;
  }
}
