import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EVENT_CODES, EVENT_PHASES } from '../contract/event-examples';
import { hasMessage, message, messageArgs } from '../messages/catalogue';
import { matches, readReference } from './reference';

const document: unknown = JSON.parse(readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8'));
const { events, errors } = readReference(document);
const entryOf = (code: string) => events.find((entry) => entry.code === code)!;

describe('the reference', () => {
  test('has every event once, in its phase', () => {
    expect(events.map(({ code }) => code).sort()).toEqual([...EVENT_CODES].sort());
    for (const { code, phase } of events) expect(phase, code).toBe(EVENT_PHASES[code as never]);
  });

  test('has every error code', () => {
    expect(errors).toHaveLength(28);
    expect(errors.filter(({ code }) => !hasMessage(`error-${code}`))).toEqual([]);
  });

  test('has an example for each, from which its message is whole', () => {
    for (const { code, params, example } of events) {
      const absent = params.filter(({ name, required }) => required && !(name in example.params));
      expect(absent, code).toEqual([]);
      expect(message(code, messageArgs(example.params)), code).not.toContain('…');
    }
  });

  test("has a param's type, and whether it is always there", () => {
    expect(entryOf('BUILD_FAILED').params.find(({ name }) => name === 'exitCode')).toEqual({
      name: 'exitCode', type: 'integer (int32)', required: false, meaning: 'Exit code of the command that failed.',
    });
    expect(entryOf('BUILD_FAILED').params.find(({ name }) => name === 'phase')?.type).toContain('setup | development');
    expect(entryOf('BUILD_QUEUED').params.some(({ name }) => name === 'timestamp')).toBe(false);
  });

  test('is no document without its schemas', () => {
    expect(() => readReference({})).toThrow();
    expect(() => readReference({ components: { schemas: {} } })).toThrow();
  });
});

describe('the filter', () => {
  const failed = entryOf('BUILD_FAILED');

  test.each(['', 'build_fail', 'exitcode', 'EXIT failed', ' words said '])('finds by code, param, meaning and message: %j', (filter) => {
    expect(matches(failed, 'Words that are said', filter)).toBe(true);
  });

  test('needs every word', () => {
    expect(matches(failed, '', 'exit nowhere')).toBe(false);
  });
});
