// The page as it is worked on: from Vite's server, whose proxy hands its calls on.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expectPreviewReady, startButton } from './demo-page';
import { expect, test } from './server';

const ROOT = join(import.meta.dirname, '..');

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

/** Starts Vite's server, and answers when it says that it is there. */
async function startVite(api: string): Promise<{ address: string; vite: ChildProcess }> {
  const port = await freePort();
  const vite = spawn(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), '--port', String(port), '--clearScreen', 'false'], {
    cwd: ROOT,
    env: { ...process.env, BUILDCAST_API: api, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: vite.stdout! })) {
    if (line.includes(`:${port}/`)) break;
  }
  return { address: `http://127.0.0.1:${port}/`, vite };
}

test('a build is started and followed, another language and the reference are there', async ({ page, server }) => {
  const { address, vite } = await startVite(server.api);
  try {
    await page.goto(address);
    await expect(startButton(page)).toBeEnabled();
    await startButton(page).click();
    await expectPreviewReady(page);
    await page.locator('.page-header select').selectOption('fr');
    await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
    await page.goto(`${address}docs`);
    await expect(page.getByText('Start a build').first()).toBeVisible();
  } finally {
    vite.kill();
    await once(vite, 'exit');
  }
});
