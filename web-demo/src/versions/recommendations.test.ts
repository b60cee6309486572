import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LOCALES } from '../messages/locales';

/** The codes as the server's source has them. */
function codesOf(source: string): string[] {
  const found = [...source.matchAll(/code: "(\w+)"|\(\w+, "(missing_\w+)"\)/g)].map((hit) => hit[1] ?? hit[2] ?? '');
  return [...new Set(found)];
}

const codes = codesOf(readFileSync(new URL('../../../src/engine/steps/metadata.rs', import.meta.url), 'utf8'));

it.each(LOCALES.map(({ locale }) => locale))('every recommendation that the server makes has a sentence in %s', (locale) => {
  const catalogue = readFileSync(new URL(`../../../locales/${locale}.ftl`, import.meta.url), 'utf8');
  expect(codes).toEqual(expect.arrayContaining(['no_lock_file', 'oversized_image', 'missing_title', 'missing_alt']));
  expect(codes.filter((code) => !new RegExp(`^page-recommendation-${code} = \\S`, 'm').test(catalogue))).toEqual([]);
});
