// The page's own catalogue module, bundled as the page bundles it, for a page of the browser to run.

import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { build } from 'vite';

const ENTRY = resolve(import.meta.dirname, '../src/messages/catalogue.ts');

/** Puts the module's exports on the page's `window.catalogue`. */
export async function runCatalogue(page: Page): Promise<void> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: ENTRY, formats: ['iife'], name: 'catalogue' } },
  });
  const outputs = Array.isArray(built) ? built : [built];
  const chunk = outputs.flatMap((output) => ('output' in output ? output.output : [])).find((part) => part.type === 'chunk');
  if (!chunk || !('code' in chunk)) throw new Error('the catalogue module was not bundled');
  await page.evaluate(`${chunk.code}; window.catalogue = catalogue;`);
}

/** What of it the tests call. */
export interface CatalogueModule {
  speak(locale: string): Promise<void>;
  message(id: string, args: object): string;
  messageArgs(params: object): object;
}

declare global {
  interface Window {
    catalogue: CatalogueModule;
  }
}
