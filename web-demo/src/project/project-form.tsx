// What to build, its name, and the button that starts it.

import { useState } from 'react';
import type { Session } from '../api/session';
import { message } from '../messages/catalogue';
import { ChosenFiles } from './chosen-files';
import { OwnFiles } from './own-files';
import { SourceChoice } from './source-choice';
import { StartProblem } from './start-problem';
import type { Chosen } from './use-choice';

interface ProjectFormProps {
  chosen: Chosen;
  /** Null until the server has answered. */
  session: Session | null;
  starting: boolean;
  problem: unknown;
  onStart: (name: string) => void;
  onAskSession: () => void;
}

export function ProjectForm({ chosen, session, starting, problem, onStart, onAskSession }: ProjectFormProps) {
  // Null until somebody types: the name follows what is chosen.
  const [typedName, setTypedName] = useState<string | null>(null);
  const { choice, source } = chosen;
  const name = typedName ?? choice?.name ?? '';
  const nothing = !choice || (choice.kind === 'folder' && choice.files.length === 0);
  const ready = session?.kind === 'open' && !nothing;

  const onSubmit = (event: React.FormEvent) => {
    event.preventDefault();
    if (ready && !starting) onStart(name.trim());
  };

  return (
    <section className="card project" aria-labelledby="project-heading">
      <h2 id="project-heading">{message('page-project-heading')}</h2>
      <form onSubmit={onSubmit}>
        <SourceChoice source={source} onSelect={chosen.select} />
        <div className="source-files">
          {source === 'own' ? <OwnFiles chosen={chosen} /> : choice && <ChosenFiles choice={choice} />}
        </div>
        <label className="field">
          <span>{message('page-name-label')}</span>
          <input
            type="text"
            name="name"
            value={name}
            maxLength={100}
            dir="auto"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTypedName(event.target.value)}
          />
        </label>
        <button type="submit" className="primary wide" disabled={!ready} aria-disabled={starting || undefined}>
          {message(starting ? 'page-starting' : 'page-start')}
        </button>
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
