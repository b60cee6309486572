import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import english from '../../../locales/en.ftl?raw';
import { EVENT_CODES, LEAST_PARAMS } from '../contract/event-examples';
import { makeBundle } from './bundle';
import { message, messageArgs, type MessageArgs } from './catalogue';

/** The server's tests find a message for each of its codes. */
const ERROR_CODES = [...english.matchAll(/^error-([A-Z_]+) =/gm)].map((hit) => hit[1] ?? '');

const bundle = makeBundle('en', english);

/** Renders strictly: a missing message, variable or function fails. */
function render(id: string, args: MessageArgs): string {
  const pattern = bundle.getMessage(id)?.value;
  if (!pattern) throw new Error(`no message ${id}`);
  return bundle.formatPattern(pattern, args);
}

/** What the params of an error always hold, where its message uses any. */
const ERROR_PARAMS: Record<string, MessageArgs> = {
  AI_LIMIT_REACHED: { resetTime: 1_768_471_800_000, retryAfter: 60 },
  INSUFFICIENT_BALANCE: { requiredBalance: 100, currentBalance: 50 },
  INSUFFICIENT_CREDITS: { required: 500, available: 350 },
  RATE_LIMITED: { retryAfter: 1, limit: 60, window: 60 },
  INVALID_STATE_TRANSITION: { from: 'deployed', to: 'cancelled' },
  NOT_FOUND: { resource: 'build' },
  PAYLOAD_TOO_LARGE: { limit: 33_554_432 },
  SERVICE_UNAVAILABLE: { retryAfter: 5 },
};

describe('the catalogue', () => {
  it('has 35 event codes and 28 error codes to answer for', () => {
    expect(EVENT_CODES).toHaveLength(35);
    expect(ERROR_CODES).toHaveLength(28);
  });

  it.each(EVENT_CODES)('renders %s with the least params', (code) => {
    const params = { timestamp: 1_768_471_800_000, projectId: 'p-1', ...LEAST_PARAMS[code] };
    const text = render(code, messageArgs(params));
    expect(text).not.toBe('');
    expect(text).not.toMatch(/[{}$]|undefined/);
  });

  it.each(ERROR_CODES)('renders error-%s', (code) => {
    expect(render(`error-${code}`, ERROR_PARAMS[code] ?? {})).not.toMatch(/[{}$]/);
  });

  it('chooses plurals and flags by their selectors', () => {
    expect(render('BUILD_VALIDATING', { count: 1 })).toBe('Checking 1 file.');
    expect(render('BUILD_VALIDATING', { count: 1200 })).toBe('Checking 1,200 files.');
    expect(render('BUILD_STARTED', messageArgs({ isRetry: true, attemptNumber: 2 }))).toContain('attempt 2');
    expect(render('BUILD_COMPLETED', { duration: 4.26 })).toContain('4.3 s');
  });

  it('falls back to the id of a message that it lacks', () => {
    expect(message('BUILD_SOMETHING_NEW')).toBe('BUILD_SOMETHING_NEW');
  });

  it('has every page text that the source names', () => {
    const folder = new URL('..', import.meta.url).pathname;
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.'))
      .map((path) => readFileSync(join(folder, path), 'utf8'));
    const named = new Set(sources.flatMap((text) => [...text.matchAll(/'(page-[\w-]*\w)'/g)].map((hit) => hit[1] ?? '')));
    expect(named.size).toBeGreaterThan(20);
    expect([...named].filter((id) => !bundle.hasMessage(id))).toEqual([]);
  });
});
