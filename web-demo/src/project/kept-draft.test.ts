import { describe, expect, it } from 'vitest';
import { keepDraft, readDraft, type Draft } from './kept-draft';

const draft = (typedName: string): Draft => ({ source: 'own', own: null, typedName });

describe('a draft', () => {
  it('is that of its user alone', () => {
    keepDraft('ann', draft('hers'));
    expect(readDraft('ann')).toEqual(draft('hers'));
    expect(readDraft('ben')).toBeNull();
    expect(readDraft(null)).toBeNull();
  });

  it('goes when another user has one', () => {
    keepDraft('ann', draft('hers'));
    keepDraft('ben', draft('his'));
    expect(readDraft('ann')).toBeNull();
  });

  it('is not kept for nobody', () => {
    keepDraft('ann', draft('hers'));
    keepDraft(null, draft('nobody’s'));
    expect(readDraft(null)).toBeNull();
    expect(readDraft('ann')).toEqual(draft('hers'));
  });
});
