// The page writes what the server writes: every message in every locale with every plural class, and what may go wrong.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { makeBundle, messageArgs, renderMessage } from './bundle';
import { LOCALES } from './locales';

interface Case {
  locale: string;
  id: string;
  params: object | null;
  text: string;
}

const ROOT = resolve(import.meta.dirname, '../../..');
const BINARY = process.env.BUILDCAST_BIN ?? resolve(ROOT, 'target/debug/buildcast');

/** What the server writes: `buildcast messages`. */
function serverCases(): Case[] {
  const lines = execFileSync(BINARY, ['messages'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return lines.trimEnd().split('\n').map((line) => JSON.parse(line) as Case);
}

it('every message in every locale reads as the server has it', () => {
  const file = (locale: string) => readFileSync(resolve(ROOT, `locales/${locale}.ftl`), 'utf8');
  const bundles = new Map(LOCALES.map(({ locale }) => [locale as string, makeBundle(locale, file(locale))]));
  const cases = serverCases();
  expect(new Set(cases.map(({ locale }) => locale))).toEqual(new Set(bundles.keys()));
  expect(cases.length).toBeGreaterThan(5_000);
  const different = cases.flatMap((each) => {
    const bundle = bundles.get(each.locale);
    const text = bundle && renderMessage([bundle], each.id, messageArgs(each.params ?? {}));
    return text === each.text ? [] : [{ ...each, page: text }];
  });
  expect(different).toEqual([]);
});
