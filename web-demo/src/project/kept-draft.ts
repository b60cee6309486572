// What is chosen and typed in the form, kept while the page lives: a look at another view does not lose it.
// In memory alone: files belong in no storage of a browser.

import type { Choice } from '../files/choice';
import type { Source } from './use-choice';

export interface Draft {
  source: Source;
  own: Choice | null;
  /** Null until somebody types. */
  typedName: string | null;
}

let kept: { owner: string; draft: Draft } | null = null;

/** The draft of this user; another's is nobody's business. */
export function readDraft(userId: string | null): Draft | null {
  return kept !== null && kept.owner === userId ? kept.draft : null;
}

/** Keeps it instead of any other, of whomever; nothing is kept for nobody. */
export function keepDraft(userId: string | null, draft: Draft): void {
  if (userId !== null) kept = { owner: userId, draft };
}
