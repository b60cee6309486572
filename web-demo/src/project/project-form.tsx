// What to build, its name, and the button that starts it.

import type { Session } from '../api/session';
import { message } from '../messages/catalogue';
import { LastProject } from '../prompt/last-project';
import { PromptField } from '../prompt/prompt-field';
import type { KnownCost } from '../prompt/use-cost';
import type { Prompt } from '../prompt/use-prompt';
import { ChosenFiles } from './chosen-files';
import { OwnFiles } from './own-files';
import { SourceChoice } from './source-choice';
import { StartProblem } from './start-problem';
import type { DraftInHand } from './use-draft';

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
  const nothing = !last && (!choice || (choice.kind === 'folder' && choice.files.length === 0));
  const ready = session?.kind === 'open' && !nothing;

  const hindrance = prompting && hindranceOf(prompting.prompt, last);

  const onSubmit = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (hindrance !== null) event.currentTarget.querySelector('textarea')?.focus();
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
          disabled={!ready}
          aria-disabled={starting || hindrance !== null || undefined}
          aria-describedby={hindrance === 'prompt-fault' ? 'prompt-fault' : hindrance ? 'start-hindrance' : undefined}
        >
          {message(starting ? 'page-starting' : 'page-start')}
        </button>
        {prompting && (
          <p id="start-hindrance" className="quiet-text">{hindrance && hindrance !== 'prompt-fault' && message(hindrance)}</p>
        )}
        {session?.kind === 'closed' && <p className="notice" role="status">{message('page-needs-development')}</p>}
        {session?.kind === 'silent' && (
          <p className="notice" role="status">
            {message('page-server-silent')}{' '}
            <button type="button" className="plain" onClick={onAskSession}>{message('page-retry')}</button>
          </p>
        )}
      </form>
      {problem != null && <StartProblem problem={problem} />}
    </section>
  );
}

/** Why the prompt keeps the form from being sent: the id of the message that says so, or that of the field's own. */
function hindranceOf(prompt: Prompt, last: { busy: boolean } | null) {
  if (prompt.fault) return 'prompt-fault';
  if (last?.busy) return 'page-versions-busy';
  return last && prompt.sent === undefined ? 'page-prompt-needed' : null;
}
