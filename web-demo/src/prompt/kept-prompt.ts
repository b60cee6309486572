// What was typed, kept for this tab: a reload, or a look at another view, does not lose it.

import { PROMPT_MAX_CHARS } from './prompt';

const KEY = 'buildcast.prompt';
/** UTF-16 units; what is far too long to be sent is not kept. */
const KEPT_MAX = 2 * PROMPT_MAX_CHARS;

export function readKeptPrompt(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

export function keepPrompt(typed: string): void {
  try {
    if (typed === '' || typed.length > KEPT_MAX) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, typed);
  } catch {
    // Storage is switched off: a reload loses the text, and nothing else.
  }
}
