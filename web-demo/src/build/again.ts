// Whether what was built can be built again at once: whether its files are at hand, and what it was changed by.

import { isSampleId } from '../samples/samples';
import type { KeptBuild } from './kept-build';

/** The message that says why not. */
export type AgainHindrance = 'page-choose-again' | 'page-prompt-again';

/** Null where it can; `ownAtHand`: whether files of one's own are chosen. */
export function againHindrance({ source, prompt }: KeptBuild, ownAtHand: boolean, succeeded: boolean): AgainHindrance | null {
  if (isSampleId(source)) return null;
  if (source === 'own') return ownAtHand ? null : 'page-choose-again';
  // A change that was made is not made twice; one that failed left the files as they were.
  return prompt === undefined || succeeded ? 'page-prompt-again' : null;
}
