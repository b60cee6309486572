// What the page asks with a login is on the server's list, or a user in production could not use it.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '..');
const LIST = join(import.meta.dirname, '../../../src/api/page/permits.rs');

function asked(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'));
  const calls = files.flatMap((name) => [...readFileSync(join(SOURCES, name), 'utf8').matchAll(/\bask\(\s*'(\w+)',\s*'([^']+)'/g)]);
  // A start has a body that is measured first, and goes by a call of its own.
  return ['POST /v1/builds', ...calls.map(([, method, path]) => `${method!.toUpperCase()} ${path}`)];
}

describe('the list of what a user may ask', () => {
  it('has all that the page asks', () => {
    const listed = [...readFileSync(LIST, 'utf8').matchAll(/\(Method::(\w+), "([^"]+)", UserIn::\w+\)/g)].map(([, method, path]) => `${method} ${path}`);
    expect(new Set(asked()).size).toBeGreaterThan(15);
    expect(asked().filter((call) => !listed.includes(call))).toEqual([]);
  });
});
