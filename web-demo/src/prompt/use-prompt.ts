// The prompt that is being written. It stays while a build fails, and goes once one has ended well with it.

import { useEffect, useRef, useState } from 'react';
import type { Outcome } from '../build/timeline';
import { keepPrompt, readKeptPrompt } from './kept-prompt';
import { promptFault, sentPrompt, type PromptFault } from './prompt';

export interface Prompt {
  typed: string;
  /** What a start sends; undefined for none. */
  sent: string | undefined;
  fault: PromptFault | null;
  type: (text: string) => void;
  /** Notes that a build was started with it. */
  begin: (sent: string | undefined) => void;
}

/** `outcome` is that of the build that is watched; null while it runs. */
export function usePrompt(outcome: Outcome | null): Prompt {
  const [typed, setTyped] = useState(readKeptPrompt);
  // The outcome that is drawn right after a start is still that of the build before it.
  const begun = useRef<{ sent: string; running: boolean } | null>(null);
  const sent = sentPrompt(typed);

  const type = (text: string) => {
    setTyped(text);
    keepPrompt(text);
  };

  useEffect(() => {
    const build = begun.current;
    if (!build) return;
    if (!outcome) {
      build.running = true;
    } else if (build.running) {
      begun.current = null;
      // What was written meanwhile is for the next build.
      if (outcome.succeeded && sent === build.sent) type('');
    }
  });

  return {
    typed,
    sent,
    fault: sent === undefined ? null : promptFault(sent),
    type,
    begin: (prompt) => {
      begun.current = prompt === undefined ? null : { sent: prompt, running: false };
    },
  };
}
