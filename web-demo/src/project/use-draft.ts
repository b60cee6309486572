// What is to be built and its name, as they were left in this page.

import { useEffect, useState } from 'react';
import { keepDraft, readDraft } from './kept-draft';
import { useChoice, type Chosen, type Source } from './use-choice';

export interface DraftInHand {
  chosen: Chosen;
  /** Null until somebody types: the name follows what is chosen. */
  typedName: string | null;
  typeName: (name: string) => void;
}

/** Begins with `first` where nothing was chosen yet. */
export function useDraft(userId: string | null, first: Source): DraftInHand {
  const [left] = useState(() => readDraft(userId));
  const chosen = useChoice(left?.source ?? first, left?.own ?? null);
  const [typedName, typeName] = useState(left?.typedName ?? null);
  const { source, own } = chosen;
  useEffect(() => keepDraft(userId, { source, own, typedName }), [userId, source, own, typedName]);
  return { chosen, typedName, typeName };
}
