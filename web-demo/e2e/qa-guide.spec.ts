// The samples of docs/qa.md: Playwright's as a run of its own, the Node part of Cypress's, and the script for CI against a server.

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BINARY, expect, test } from './server';

const SECRET = 'a secret that only this test knows';
const ROOT = resolve(import.meta.dirname, '../..');
const SAMPLES = join(ROOT, 'docs/samples');
const RUN_MS = 90_000;

test.use({ environment: { WORKER_SHARED_SECRET: SECRET } });

interface Ended {
  code: number;
  output: string;
}

function run(program: string, args: string[], cwd: string, env: Record<string, string>): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout: RUN_MS };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}

test('the Playwright sample passes, and fails where the page does not do as it should', async () => {
  // Below this package, so that the sample finds Playwright.
  await mkdir(join(ROOT, 'web-demo/test-results'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, 'web-demo/test-results/qa-sample-'));
  try {
    await cp(join(SAMPLES, 'qa'), folder, { recursive: true });
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
    const use = { browserName: 'chromium', launchOptions: { executablePath, args: ['--no-sandbox', '--disable-gpu'] } };
    await writeFile(join(folder, 'playwright.config.mjs'), `export default ${JSON.stringify({ testMatch: '*.spec.mjs', outputDir: 'out', workers: 1, reporter: 'line', use })};`);
    const environment = { BUILDCAST: BINARY, RECORDINGS: join(ROOT, 'tests/golden') };
    const playwright = [join(ROOT, 'web-demo/node_modules/@playwright/test/cli.js'), 'test', '--config', folder];
    const passed = await run(process.execPath, playwright, folder, environment);
    expect(passed.output).toContain('14 passed');
    expect(passed.code).toBe(0);
    // A page that forgets what it was given before a reset shows it twice.
    await writeFile(join(folder, 'progress.html'), await forgetful(folder));
    const failed = await run(process.execPath, [...playwright, '-g', 'reset-after'], folder, environment);
    expect(failed.output).toContain('2 failed');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function forgetful(folder: string): Promise<string> {
  const page = await readFile(join(folder, 'progress.html'), 'utf8');
  expect(page).toContain('list.replaceChildren();');
  return page.replace('list.replaceChildren();', '');
}

test("the Node part of Cypress's sample plays a recording and stops", async () => {
  process.env.BUILDCAST = BINARY;
  const { tasks } = (await import(join(SAMPLES, 'qa/cypress.config.mjs'))) as {
    tasks: { play: (wanted: { files: string[] }) => Promise<{ api: string; builds: string[] }>; stop: () => null };
  };
  const { api, builds } = await tasks.play({ files: [join(ROOT, 'tests/golden/success.ndjson')] });
  const answer = await fetch(`${api}/v1/builds/${builds[0]}/events?drop-every=2`);
  expect((await answer.text()).match(/^id: /gm)).toHaveLength(2);
  tasks.stop();
  await expect(async () => {
    await expect(fetch(`${api}/healthz`)).rejects.toThrow();
  }).toPass();
});

test('the script for CI tells a build as before, another one, and a failure', async ({ server }) => {
  const folder = await mkdtemp(join(tmpdir(), 'buildcast-ci-'));
  const good = join(folder, 'good.ndjson');
  const ci = async (templateFiles: object) => {
    await writeFile(join(folder, 'start.json'), JSON.stringify({ userId: 'ci', name: `Site ${Math.random()}`, templateFiles }));
    const environment = { BUILDCAST: BINARY, BUILDCAST_URL: server.api, WORKER_SHARED_SECRET: SECRET, BUILDCAST_BIN: '' };
    return run('sh', [join(SAMPLES, 'qa/ci.sh'), join(folder, 'start.json'), good, join(folder, 'seen.ndjson')], folder, environment);
  };
  try {
    const first = await ci({ 'index.html': 'one' });
    expect(first.output).toContain('was not there');
    expect(first.code).toBe(0);
    const same = await ci({ 'index.html': 'two' });
    expect(same.output).toContain('100 %');
    expect(same.code).toBe(0);
    const other = await ci({ 'index.html': 'one', 'more.html': 'more' });
    expect(other.output).toContain('params.');
    expect(other.code).toBe(10);
    expect((await ci({ 'package.json': '{"scripts":{"build":"exit 3"}}' })).code).toBe(3);
    const refused = await ci({});
    expect(refused.output).toContain('templateFiles');
    expect(refused.code).toBe(2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
