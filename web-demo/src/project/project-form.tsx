// What to build, its name, and the button that starts it.

import type { Session } from '../api/session';
import { message } from '../messages/catalogue';
import { LastProject } from '../prompt/last-project';
import { PromptField } from '../prompt/prompt-field';
import type { KnownCost } from '../prompt/use-cost';
import type { Prompt } from '../prompt/use-prompt';
import { ChosenFiles } from './chosen-files';
import { hindranceOf, START_HINDRANCE_ID } from './hindrance';
import { OwnFiles } from './own-files';
import { SourceChoice } from './source-choice';
import { StartProblem } from './start-problem';
import type { DraftInHand } from './use-draft';
import { useOwnProblem } from './use-own-problem';

/** What the form has besides where a generator is configured. */
export interface Prompting {
  prompt: Prompt;
  cost: KnownCost | null;
  /** The project that can be changed; null before the first build. */
  last: { name: string; busy: boolean } | null;
}

interface ProjectFormProps {
  draft: DraftInHand;
  /** Null until the server has answered. */
  session: Session | null;
  prompting: Prompting | null;
  starting: boolean;
  problem: unknown;
  onStart: (name: string) => void;
  onAskSession: () => void;
}

export function ProjectForm({ draft: { chosen, typedName, typeName }, session, prompting, starting, problem, onStart, onAskSession }: ProjectFormProps) {
  const { choice, source } = chosen;
  const last = source === 'last' ? prompting?.last ?? null : null;
  const name = last?.name ?? typedName ?? choice?.name ?? '';
  const shownProblem = useOwnProblem(problem, starting, chosen);
  const hindrance = hindranceOf(chosen, last, prompting?.prompt ?? null);
  const ready = session?.kind === 'open' && hindrance === null;

  const onSubmit = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (hindrance?.inPrompt) event.currentTarget.querySelector('textarea')?.focus();
    else if (ready && !starting) onStart(name.trim());
  };

  return (
    <section className="card project" aria-labelledby="project-heading">
      <h2 id="project-heading">{message('page-project-heading')}</h2>
      <form onSubmit={onSubmit}>
        <SourceChoice
          source={source}
          lastProject={prompting ? prompting.last && prompting.last.name : undefined}
          onSelect={chosen.select}
        />
        <div className="source-files">
          {source === 'own' && <OwnFiles chosen={chosen} />}
          {source !== 'own' && choice && <ChosenFiles choice={choice} />}
          {source !== 'own' && !choice && chosen.sampleLost && (
            <div className="chosen" role="alert">
              <p className="problem-line">{message('page-sample-lost')}</p>
              <p><button type="button" className="quiet" onClick={chosen.sampleAgain}>{message('page-retry')}</button></p>
            </div>
          )}
          {last && <LastProject name={last.name} />}
        </div>
        <label className="field">
          <span>{message('page-name-label')}</span>
          <input
            type="text"
            name="name"
            value={name}
            maxLength={100}
            readOnly={last !== null}
            dir="auto"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => typeName(event.target.value)}
          />
        </label>
        {prompting && <PromptField prompt={prompting.prompt} cost={prompting.cost} needed={last !== null} />}
        <button
          type="submit"
          className="primary wide"
          aria-disabled={starting || !ready || undefined}
          aria-describedby={hindrance?.saidBy}
        >
          {message(starting ? 'page-starting' : 'page-start')}
        </button>
        {(prompting || hindrance?.text) && <p id={START_HINDRANCE_ID} className="quiet-text">{hindrance?.text && message(hindrance.text)}</p>}
        {session?.kind === 'closed' && <p className="notice" role="status">{message('page-needs-development')}</p>}
        {session?.kind === 'silent' && (
          <p className="notice" role="status">
            {message('page-server-silent')}{' '}
            <button type="button" className="plain" onClick={onAskSession}>{message('page-retry')}</button>
          </p>
        )}
      </form>
      {shownProblem != null && <StartProblem problem={shownProblem} />}
    </section>
  );
}
