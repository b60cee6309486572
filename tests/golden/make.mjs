// Makes the golden recordings anew, with real builds on servers of target/debug: `node tests/golden/make.mjs`. Their ids and times
// are others each time; what a test says of them is what happened, which is the same.

import { spawn } from 'node:child_process';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const here = new URL('.', import.meta.url).pathname;
const binary = process.env.BUILDCAST_BIN ?? new URL('../../target/debug/buildcast', import.meta.url).pathname;
const SECRET = 'a secret of the golden recordings alone';
const user = 'user_456';
const scripted = (script) => ({
  userId: user,
  templateFiles: { 'package.json': JSON.stringify({ name: 'site', scripts: { build: script } }), 'index.html': '<h1>Hello</h1>' },
});

class Server {
  static async start(folder, extra = {}) {
    const settings = Object.entries(process.env).filter(([name]) => !/^(BUILDCAST_|DATABASE_|REDIS_|CODE_)/.test(name));
    const server = new Server();
    server.child = spawn(binary, ['serve'], {
      env: {
        ...Object.fromEntries(settings),
        BUILDCAST_LISTEN: '127.0.0.1:0',
        BUILDCAST_PREVIEW_LISTEN: '127.0.0.1:0',
        BUILDCAST_PUBLIC_URL: 'http://127.0.0.1:8080',
        BUILDCAST_PREVIEW_URL: 'http://127.0.0.1:8081',
        BUILDCAST_DATA_DIR: folder,
        BUILDCAST_RATE_PER_MINUTE: '1000000',
        WORKER_SHARED_SECRET: SECRET,
        ...extra,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await new Promise((resolve) => createInterface(server.child.stdout).once('line', (...told) => resolve(told)));
    server.url = JSON.parse(line).api;
    return server;
  }

  async ask(method, path, body) {
    const text = body === undefined ? '' : JSON.stringify(body);
    const timestamp = String(Date.now());
    const nonce = randomUUID();
    const digest = createHash('sha256').update(text).digest('hex');
    const signature = createHmac('sha256', SECRET).update(['v2', method, path, timestamp, nonce, digest].join('\n')).digest('hex');
    const response = await fetch(this.url + path, {
      method,
      headers: { 'x-sheen-timestamp': timestamp, 'x-sheen-nonce': nonce, 'x-sheen-sig-v2': signature, 'content-type': 'application/json' },
      ...(text && { body: text }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  async json(method, path, body) {
    return (await this.ask(method, path, body)).json();
  }

  async until(id, met) {
    for (;;) {
      const view = await this.json('GET', `/v1/builds/${id}`);
      if (met(view)) return view;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(signal = 'SIGTERM') {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await gone;
  }

  async keep(name, id) {
    await this.until(id, ({ status }) => !['queued', 'building'].includes(status));
    writeFileSync(join(here, `${name}.ndjson`), await (await this.ask('GET', `/v1/builds/${id}/recording`)).text());
  }
}

const over = ({ status }) => !['queued', 'building'].includes(status);
const folder = mkdtempSync(join(tmpdir(), 'golden-'));
try {
  let server = await Server.start(folder, { BUILDCAST_BUILD_TIMEOUT_SECONDS: '6' });
  const start = (body) => server.json('POST', '/v1/builds', body);

  const good = await start(scripted('echo working && mkdir -p dist && cp index.html dist/'));
  await server.keep('success', good.buildId);
  const first = await server.json('GET', `/v1/builds/${good.buildId}`);

  const bad = await start(scripted('echo about to fail && exit 3'));
  await server.keep('failure', bad.buildId);

  const arabic = await start({ userId: user, name: 'مخبز الحي', templateFiles: { 'index.html': '<html lang="ar" dir="rtl"><title>مخبز الحي</title><h1>أهلاً</h1>', 'صور/خبز.txt': 'خبز' } });
  await server.keep('arabic', arabic.buildId);

  const stopped = await start(scripted('sleep 60'));
  await server.until(stopped.buildId, ({ phase }) => phase === 'build');
  await server.json('POST', `/v1/builds/${stopped.buildId}/cancel`, { userId: user });
  await server.keep('cancel', stopped.buildId);

  const late = await start(scripted('sleep 60'));
  await server.keep('timeout', late.buildId);

  const next = await start({ ...scripted('mkdir -p dist && cp index.html dist/'), projectId: good.projectId });
  await server.until(next.buildId, over);
  const rollback = await server.json('POST', '/v1/versions/rollback', { userId: user, projectId: good.projectId, targetVersionId: first.versionId });
  await server.keep('rollback', rollback.jobId);

  const again = await start(scripted('sleep 2 && mkdir -p dist && cp index.html dist/'));
  await server.until(again.buildId, ({ phase }) => phase === 'build');
  await server.stop('SIGKILL');
  server = await Server.start(folder, { BUILDCAST_BUILD_TIMEOUT_SECONDS: '30' });
  await server.keep('retry', again.buildId);
  await server.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
