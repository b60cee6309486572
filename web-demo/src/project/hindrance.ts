// Why what is chosen can't be built now, and which line of the page says so.

import { isTooLarge } from '../files/choice';
import type { Prompt } from '../prompt/use-prompt';
import { FILES_FAULT_ID } from './chosen-files';
import type { Chosen } from './use-choice';

/** The id of the line below the button. */
export const START_HINDRANCE_ID = 'start-hindrance';

export interface Hindrance {
  /** The id of what says it; none while a sample comes. */
  saidBy?: string;
  /** The id of the message below the button, where nothing else says it. */
  text?: 'page-files-needed' | 'page-versions-busy' | 'page-prompt-needed';
  /** Whether the field of the prompt is where it can be mended. */
  inPrompt?: boolean;
}

/** Null where nothing stands in the way. */
export function hindranceOf(chosen: Pick<Chosen, 'source' | 'choice'>, last: { busy: boolean } | null, prompt: Prompt | null): Hindrance | null {
  if (last === null) {
    const { choice, source } = chosen;
    if (!choice) return source === 'own' ? { saidBy: START_HINDRANCE_ID, text: 'page-files-needed' } : {};
    if (isTooLarge(choice) || (choice.kind === 'folder' && choice.files.length === 0)) return { saidBy: FILES_FAULT_ID };
  }
  if (prompt?.fault) return { saidBy: 'prompt-fault', inPrompt: true };
  if (last?.busy) return { saidBy: START_HINDRANCE_ID, text: 'page-versions-busy', inPrompt: true };
  if (last && prompt?.sent === undefined) return { saidBy: START_HINDRANCE_ID, text: 'page-prompt-needed', inPrompt: true };
  return null;
}
