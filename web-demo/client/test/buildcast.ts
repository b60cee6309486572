// A real server of this code, on a folder of its own, which can be killed and started again.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { request } from '../src/index.js';

const BINARY = process.env.BUILDCAST_BIN ?? resolve(import.meta.dirname, '../../../target/debug/buildcast');

export interface Started {
  buildId: string;
  projectId: string;
  token: string;
}

export class Buildcast {
  /** Where the API is. */
  readonly base: string;
  #child: ChildProcess | undefined;
  #builds = 0;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {
    this.base = `http://127.0.0.1:${port}/`;
  }

  static async start(): Promise<Buildcast> {
    const server = new Buildcast(await mkdtemp(join(tmpdir(), 'buildcast-client-')), await freePort());
    await server.run();
    return server;
  }

  /** Starts the process, on the same folder and port each time. */
  async run(): Promise<void> {
    const child = spawn(BINARY, ['serve'], {
      env: {
        ...process.env,
        // No setting of the server's, which refuses what it does not know.
        BUILDCAST_BIN: undefined,
        BUILDCAST_RATE_PER_MINUTE: '1000000',
        BUILDCAST_LISTEN: `127.0.0.1:${this.port}`,
        BUILDCAST_PREVIEW_LISTEN: '127.0.0.1:0',
        BUILDCAST_DATA_DIR: this.folder,
        // A build whose server was killed is taken back soon.
        BUILDCAST_LEASE_SECONDS: '3',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child = child;
    const failed = once(child, 'exit').then(() => Promise.reject(new Error('the server ended before it listened')));
    failed.catch(() => {});
    const [line] = (await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), failed])) as [string];
    if (!line.includes('"listening"')) throw new Error(`the server's first line was ${line}`);
  }

  /** As when the machine loses its power. */
  async kill(): Promise<void> {
    const ended = once(this.#child!, 'exit');
    this.#child!.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(late);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Starts a build; the server's development mode signs for us. */
  async build(templateFiles: Record<string, string>, projectId?: string): Promise<Started> {
    // The same start twice would be one build.
    this.#builds += 1;
    const target = projectId ? { projectId, metadata: { start: this.#builds } } : { name: `client ${this.#builds}` };
    const started = await request('post', '/v1/builds', { baseUrl: `${this.base}demo`, body: { userId: 'demo', ...target, templateFiles } });
    return { buildId: started.buildId, projectId: started.projectId, token: started.streamToken! };
  }

  /** A token for a build and its project that lives so many seconds. */
  async token({ buildId, projectId }: Started, ttlSeconds: number): Promise<string> {
    const body = { userId: 'demo', builds: [buildId], projects: [projectId], ttlSeconds };
    return (await request('post', '/v1/stream-tokens', { baseUrl: `${this.base}demo`, body })).streamToken;
  }
}

/** A project whose build script prints a line every so often, and then leaves a site of some files. */
export function chatty(lines: number, everyMs: number): Record<string, string> {
  const script = `
    const fs = require('node:fs');
    fs.mkdirSync('dist', { recursive: true });
    for (let file = 0; file < 30; file += 1) fs.writeFileSync('dist/' + file + '.js', 'x'.repeat(5000) + file);
    fs.writeFileSync('dist/index.html', '<title>chatty</title>');
    let line = 0;
    const printing = setInterval(() => {
      console.log('line ' + ++line + ' — 漢字🪤');
      if (line === ${lines}) clearInterval(printing);
    }, ${everyMs});`;
  return { 'package.json': '{"name":"chatty","scripts":{"build":"node build.cjs"}}', 'build.cjs': script };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
