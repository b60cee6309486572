// Where one writes what is to be changed: how much may be written, and what it costs.

import { message } from '../messages/catalogue';
import '../style/prompt.css';
import type { Cost } from './cost';
import { PROMPT_MAX_CHARS, promptChars } from './prompt';
import type { KnownCost } from './use-cost';
import type { Prompt } from './use-prompt';

interface PromptFieldProps {
  prompt: Prompt;
  /** Whether nothing can be built without it. */
  needed: boolean;
  cost: KnownCost | null;
}

export function PromptField({ prompt: { typed, sent, fault, type }, needed, cost }: PromptFieldProps) {
  const count = promptChars(sent ?? '');
  return (
    <div className="field prompt">
      <label htmlFor="prompt">{message(needed ? 'page-prompt-label-needed' : 'page-prompt-label')}</label>
      <p id="prompt-hint" className="quiet-text">{message('page-prompt-hint')}</p>
      <textarea
        id="prompt"
        name="prompt"
        rows={4}
        value={typed}
        dir="auto"
        aria-required={needed || undefined}
        aria-invalid={fault !== null || undefined}
        aria-describedby="prompt-hint prompt-fault prompt-cost"
        onChange={(event) => type(event.target.value)}
      />
      <div className="prompt-judged">
        <p id="prompt-fault" className="problem-line" role="status">
          {fault === 'too-long' && message('page-prompt-too-long', { count: count - PROMPT_MAX_CHARS })}
          {fault === 'control-character' && message('page-prompt-control-character')}
        </p>
        <p className="prompt-count" data-over={count > PROMPT_MAX_CHARS || undefined}>
          {message('page-prompt-count', { count, limit: PROMPT_MAX_CHARS })}
        </p>
      </div>
      <div id="prompt-cost" className="prompt-cost quiet-text" data-stale={cost?.stale || undefined}>
        {cost && <CostLine cost={cost.cost} />}
      </div>
    </div>
  );
}

function CostLine({ cost: { credits, available } }: { cost: Cost }) {
  const short = available < credits;
  const amount = (count: number) => message('page-account-credits', { count });
  return (
    <p data-short={short || undefined}>
      {message(short ? 'page-prompt-cost-short' : 'page-prompt-cost', { credits: amount(credits), available: amount(available) })}{' '}
      <a href="#/account">{message('page-prompt-account')}</a>
    </p>
  );
}
