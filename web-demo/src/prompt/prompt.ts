// What a prompt may be, as the server has it. Pure: a text in, what is wrong with it out.

/** Characters of a prompt at most. */
export const PROMPT_MAX_CHARS = 32_000;

export type PromptFault = 'too-long' | 'control-character';

/** What a start sends of what was typed; nothing where there are only spaces. */
export function sentPrompt(typed: string): string | undefined {
  return typed.trim() || undefined;
}

/** Characters as the server counts them: a pair of surrogates is one. */
export function promptChars(prompt: string): number {
  let count = 0;
  for (const _ of prompt) count += 1;
  return count;
}

/** Why the server would refuse the prompt. */
export function promptFault(prompt: string): PromptFault | null {
  if (promptChars(prompt) > PROMPT_MAX_CHARS) return 'too-long';
  return /[^\P{Cc}\t\n\r]/u.test(prompt) ? 'control-character' : null;
}
