import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildToTheEnd, expectPreviewReady, openPreview, startButton } from './demo-page';
import { expect, test } from './server';
import { zipOf } from './zip';

const PAGE = '<!doctype html><html lang="en"><title>Mine</title><link rel="stylesheet" href="own.css"><img src="dot.svg" alt=""><h1>My own page</h1>';
const DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>';
const FILES = { 'index.html': PAGE, 'own.css': 'h1 { color: rgb(1, 2, 3) }', 'dot.svg': DOT };

test('a zip is built', async ({ page, server }) => {
  await page.goto(server.api);
  await page.getByRole('radio', { name: /Your files/ }).check();
  await expect(startButton(page)).toBeDisabled();
  await page.locator('[data-pick="zip"]').setInputFiles({
    name: 'mine.zip', mimeType: 'application/zip', buffer: zipOf(FILES),
  });
  await expect(page.getByLabel('Project name')).toHaveValue('mine');
  await buildToTheEnd(page);
  const preview = await openPreview(page);
  await expect(preview.getByRole('heading')).toHaveCSS('color', 'rgb(1, 2, 3)');
});

test('a folder is built without what is never sent', async ({ page, server }) => {
  const parent = await mkdtemp(join(tmpdir(), 'buildcast-folder-'));
  const folder = join(parent, 'shop');
  try {
    await mkdir(join(folder, 'node_modules/left'), { recursive: true });
    await writeFile(join(folder, 'node_modules/left/index.js'), '');
    for (const [path, text] of Object.entries(FILES)) await writeFile(join(folder, path), text);

    await page.goto(server.api);
    await page.getByRole('radio', { name: /Your files/ }).check();
    await page.locator('[data-pick="folder"]').setInputFiles(folder);
    await expect(page.getByText('1 item skipped: node_modules')).toBeVisible();
    await expect(page.getByText(/^3 files/)).toBeVisible();
    await expect(page.getByLabel('Project name')).toHaveValue('shop');
    await buildToTheEnd(page);
    const preview = await openPreview(page);
    await expect(preview.getByRole('heading')).toHaveText('My own page');
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});

test('dropped files are taken, wherever they fall', async ({ page, server }) => {
  await page.goto(server.api);
  await page.evaluate((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'index.html', { type: 'text/html' }));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, PAGE);
  await expect(page.getByRole('radio', { name: /Your files/ })).toBeChecked();
  await expect(page.getByRole('list', { name: 'Files to build' })).toHaveText('index.html');
});

test('what is chosen and typed is still there after a look at another view, and can be built again', async ({ page, server }) => {
  await page.goto(server.api);
  await page.getByRole('radio', { name: /Your files/ }).check();
  await page.locator('[data-pick="zip"]').setInputFiles({ name: 'mine.zip', mimeType: 'application/zip', buffer: zipOf(FILES) });
  await page.getByLabel('Project name').fill('Corner shop');
  const lookElsewhere = async () => {
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.getByRole('heading', { name: 'Projects', exact: true }).waitFor();
    await page.goBack();
  };
  await lookElsewhere();
  await expect(page.getByLabel('Project name')).toHaveValue('Corner shop');
  await expect(page.getByRole('list', { name: 'Files to build' })).toHaveText('mine.zip');
  await buildToTheEnd(page);
  await lookElsewhere();
  const first = await page.locator('.build-ids').innerText();
  await page.getByRole('button', { name: 'Build again' }).click();
  await expect(page.locator('.build-ids')).not.toHaveText(first);
  await expectPreviewReady(page);
  // A page that begins anew has no files.
  await page.reload();
  await expect(page.getByRole('radio', { name: /Your files/ })).toBeChecked();
  await expect(page.getByRole('list', { name: 'Files to build' })).toHaveCount(0);
});

test('a path that leaves the project is refused, and named', async ({ page, server }) => {
  await page.goto(server.api);
  await page.getByRole('radio', { name: /Your files/ }).check();
  await page.locator('[data-pick="zip"]').setInputFiles({
    name: 'bad.zip', mimeType: 'application/zip', buffer: zipOf({ ...FILES, '../evil.txt': 'out' }),
  });
  await startButton(page).click();
  const problem = page.getByRole('alert');
  await expect(problem).toContainText('The build was not started');
  await expect(problem).toContainText(/VALIDATION_FAILED|INVALID_INPUT/);
  await expect(problem).toContainText('templateZip');
  await expect(problem).toContainText('evil.txt');
  await expect(problem).toContainText('Request');
  await expect(startButton(page)).toBeEnabled();
  // It was of these files.
  await page.locator('[data-pick="zip"]').setInputFiles({ name: 'good.zip', mimeType: 'application/zip', buffer: zipOf(FILES) });
  await expect(page.getByLabel('Project name')).toHaveValue('good');
  await expect(problem).toHaveCount(0);
});

test('too much is said before it is sent', async ({ page, server }, testInfo) => {
  // From a file: a buffer of this size would take long on its way to the browser.
  const large = testInfo.outputPath('large.zip');
  await writeFile(large, Buffer.alloc(33 * 1024 * 1024));
  let posts = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST') posts += 1;
  });
  await page.goto(server.api);
  await page.getByRole('radio', { name: /Your files/ }).check();
  await page.locator('[data-pick="zip"]').setInputFiles(large);
  await expect(page.getByRole('alert')).toHaveText('This .zip has 34.6 MB. At most 25.2 MB can be sent as a .zip.');
  await expect(startButton(page)).toBeDisabled();
  await expect(startButton(page)).toHaveAccessibleDescription(/At most 25\.2 MB/);
  await startButton(page).click({ force: true });
  await expect(page.getByRole('alert')).toHaveCount(1);
  expect(posts).toBe(0);
});

test('nothing chosen, an empty folder and a zip beside another file are each said', async ({ page, server }) => {
  await page.goto(server.api);
  await page.getByRole('radio', { name: /Your files/ }).check();
  await expect(startButton(page)).toBeDisabled();
  await expect(startButton(page)).toHaveAccessibleDescription('Choose a folder or a .zip first.');
  // What a browser tells of a dialog that ends without a file.
  await page.locator('[data-pick="folder"]').dispatchEvent('cancel', { bubbles: true });
  await expect(page.getByRole('alert')).toHaveText('Nothing was chosen, or the folder is empty.');

  await page.locator('[data-pick="zip"]').setInputFiles({ name: 'one.zip', mimeType: 'application/zip', buffer: Buffer.alloc(13) });
  await expect(page.getByText('1 file, 13 bytes', { exact: true })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    for (const name of ['one.zip', 'two.zip', 'index.html']) transfer.items.add(new File(['x'], name));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
  await expect(page.getByRole('alert')).toHaveText('A .zip is built by itself: choose it alone, or a folder.');
  await page.locator('[data-pick="folder"]').evaluate((input) => input.dispatchEvent(new Event('change', { bubbles: true })));
  await expect(page.getByRole('alert')).toHaveText('There are no files in this selection.');
  await expect(startButton(page)).toHaveAccessibleDescription('There are no files in this selection.');
});

test('a sample whose files are lost can be asked for again', async ({ page, server }) => {
  await page.route('**/assets/contents-*', (route) => route.abort());
  await page.goto(server.api);
  await expect(page.getByRole('alert')).toContainText('The sample could not be loaded.');
  await page.unroute('**/assets/contents-*');
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('list', { name: 'Files to build' })).toContainText('index.html');
  await expect(startButton(page)).toBeEnabled();
});
