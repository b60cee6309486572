import { describe, expect, it } from 'vitest';
import { folderChoice, zipChoice } from '../files/choice';
import { sizeOf } from './cost';
import { hasGenerator } from './generator';
import { PROMPT_MAX_CHARS, promptChars, promptFault, sentPrompt } from './prompt';

describe('a prompt', () => {
  it('is none where only spaces are typed, and is sent without those around it', () => {
    expect([sentPrompt(''), sentPrompt(' \n\t'), sentPrompt('\n add it \n')]).toEqual([undefined, undefined, 'add it']);
  });

  it('is counted in characters, as the server counts', () => {
    expect([promptChars(''), promptChars('grün'), promptChars('🙂🙂')]).toEqual([0, 4, 2]);
    expect(promptFault('🙂'.repeat(PROMPT_MAX_CHARS))).toBeNull();
    expect(promptFault('x'.repeat(PROMPT_MAX_CHARS + 1))).toBe('too-long');
  });

  it('may have several lines and tabs, and no other control characters', () => {
    expect(promptFault('two\r\n\tlines, مرحبا 🙂')).toBeNull();
    for (const text of ['a\0b', 'a\u001b[0m', 'a\u007f', 'a\u0085b']) expect(promptFault(text)).toBe('control-character');
  });
});

describe('the size that a price is asked for', () => {
  const files = (count: number) =>
    folderChoice(Array.from({ length: count }, (_, at) => ({ path: `${at}.txt`, content: new Blob(['x']) })));

  it('is a number of files, where there are files', () => {
    expect([20, 21, 100, 101].map((count) => sizeOf(files(count)))).toEqual(['small', 'medium', 'medium', 'large']);
  });

  it('is not known of a zip', () => {
    expect(sizeOf(zipChoice(new File(['PK'], 'a.zip')))).toBeNull();
    expect(sizeOf(null)).toBeNull();
  });
});

describe('whether there is a generator', () => {
  const facts = { environment: 'development', version: '0.1.0', login: false, expiresAt: null };

  it('is what the server says, and no before it and where it says nothing', () => {
    expect(hasGenerator({ kind: 'open', userId: 'demo', facts: { ...facts, generator: true } })).toBe(true);
    expect(hasGenerator({ kind: 'open', userId: 'demo', facts: { ...facts, generator: false } })).toBe(false);
    const login = { kind: 'login', facts: { ...facts, generator: true } } as const;
    for (const other of [null, login, { kind: 'closed' }, { kind: 'silent' }] as const) expect(hasGenerator(other)).toBe(false);
  });
});
