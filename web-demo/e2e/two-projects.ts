// Two projects, the one of which tries to read the other.

import type { Page } from '@playwright/test';
import { BUILD_MS } from './demo-page';
import { expect, type Server } from './server';

const VICTIM = '<!doctype html><title>Victim</title><p id="secret">a secret</p><script src="keep.js"></script>';
const KEEP = 'try { localStorage.setItem("secret", "kept") } catch { document.title = "nothing kept" }';
const THIEF = '<!doctype html><title>Thief</title><button>Peek</button><output></output><script type="module" src="peek.js"></script>';
const PEEK = `
const target = new URLSearchParams(location.search).get('target');
const seen = (look) => { try { return String(look() ?? 'nothing') } catch (error) { return error.name } };
document.querySelector('button').addEventListener('click', async () => {
  const frame = document.body.appendChild(Object.assign(document.createElement('iframe'), { src: target }));
  const popup = window.open(target);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  document.querySelector('output').textContent = JSON.stringify({
    stored: seen(() => localStorage.getItem('secret')),
    framed: seen(() => frame.contentDocument?.querySelector('#secret')?.textContent),
    opened: seen(() => popup?.document.querySelector('#secret')?.textContent),
  });
});`;

/** Builds these files and gives the address of their preview. */
async function build(page: Page, server: Server, files: Record<string, string>): Promise<string> {
  const started = await page.request.post(`${server.api}/demo/v1/builds`, { data: { userId: 'demo', templateFiles: files } });
  expect(started.status()).toBe(202);
  const { buildId } = (await started.json()) as { buildId: string };
  let url: string | undefined;
  await expect(async () => {
    const view = (await (await page.request.get(`${server.api}/demo/v1/builds/${buildId}`)).json()) as { previewUrl?: string };
    url = view.previewUrl;
    expect(url).toBeTruthy();
  }).toPass({ timeout: BUILD_MS });
  return url!;
}

/** What the script of one project sees of another. */
export async function peek(page: Page, server: Server): Promise<{ stored: string; framed: string; opened: string }> {
  const victim = await build(page, server, { 'index.html': VICTIM, 'keep.js': KEEP });
  const thief = await build(page, server, { 'index.html': THIEF, 'peek.js': PEEK });
  await page.goto(victim);
  await page.goto(`${thief}?target=${encodeURIComponent(victim)}`);
  await page.getByRole('button', { name: 'Peek' }).click();
  await expect(page.locator('output')).not.toBeEmpty();
  return JSON.parse(await page.locator('output').innerText());
}
