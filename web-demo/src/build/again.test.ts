import { describe, expect, it } from 'vitest';
import { againHindrance } from './again';

const kept = { buildId: 'b', projectId: 'p', streamToken: 't', name: 'n' };

describe('building again', () => {
  it('needs the files: a sample has them, files of one\'s own may be gone', () => {
    expect(againHindrance({ ...kept, source: 'static-site' }, false, true)).toBeNull();
    expect(againHindrance({ ...kept, source: 'own' }, true, true)).toBeNull();
    expect(againHindrance({ ...kept, source: 'own' }, false, true)).toBe('page-choose-again');
  });

  it('does not make a change twice, and tries one again that failed', () => {
    const change = { ...kept, source: 'last', prompt: 'add a page' } as const;
    expect(againHindrance(change, true, true)).toBe('page-prompt-again');
    expect(againHindrance(change, true, false)).toBeNull();
    expect(againHindrance({ ...kept, source: 'last' }, true, false)).toBe('page-prompt-again');
  });
});
