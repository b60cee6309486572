// Signs every request, version 2, as docs/signatures.md says. What is signed is then what is sent: variables are filled in
// here, and the address and the body are written back.
const crypto = require('crypto-js');

const secret = pm.variables.get('secret');
if (!secret) throw new Error('set the variable "secret" to the server\'s WORKER_SHARED_SECRET');

const fill = (text) => pm.variables.replaceIn(text);
// as Postman would encode it itself, which must not happen after the signature
const encoded = (text) => text.replace(/[^!-~]+|[<>"'`{}|]/g, encodeURIComponent).replace(/'/g, '%27');

const base = fill('{{baseUrl}}').replace(/\/+$/, '');
const [, origin, prefix] = /^([a-z]+:\/\/[^/]+)(.*)$/i.exec(base) || [];
if (!origin) throw new Error('set the variable "baseUrl" to the server\'s address, such as http://127.0.0.1:8080');
const path = encoded(prefix + fill(pm.request.url.getPathWithQuery()));
pm.request.url.update(origin + path);

let body = '';
if (pm.request.body && pm.request.body.mode === 'raw') {
  body = fill(pm.request.body.raw || '');
  pm.request.body.update({ mode: 'raw', raw: body, options: { raw: { language: 'json' } } });
}

const timestamp = String(Date.now());
const nonce = fill('{{$guid}}');
const lines = ['v2', pm.request.method.toUpperCase(), path, timestamp, nonce, crypto.SHA256(body).toString()];
pm.request.headers.upsert({ key: 'x-sheen-timestamp', value: timestamp });
pm.request.headers.upsert({ key: 'x-sheen-nonce', value: nonce });
pm.request.headers.upsert({ key: 'x-sheen-sig-v2', value: crypto.HmacSHA256(lines.join('\n'), secret).toString() });
