// The product's name, what the page is for, its language, and the way to the API reference.

import type { Session } from '../api/session';
import { LogOut } from '../login/log-out';
import { message } from '../messages/catalogue';
import { LanguageChoice } from '../messages/language-choice';

export function PageHeader({ session }: { session: Session | null }) {
  const facts = session?.kind === 'open' || session?.kind === 'login' ? session.facts : null;
  return (
    <header className="page-header">
      <svg className="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
        <rect className="mark-block" x="4" y="17" width="11" height="11" rx="2.5" />
        <path className="mark-wave" d="M4 10.5A17.5 17.5 0 0 1 21.5 28" />
        <path className="mark-wave far" d="M4 4a24 24 0 0 1 24 24" />
      </svg>
      <div className="page-title">
        {/* In a line that is there before the server has answered: the rest of the page stays where it is. */}
        <div className="page-name">
          <h1>buildcast</h1>
          {facts && (
            <span className="environment">
              {message('page-environment', { environment: facts.environment, version: facts.version })}
            </span>
          )}
        </div>
        <p>{message('page-tagline')}</p>
      </div>
      <nav>
        <LanguageChoice />
        <a href="docs">{message('page-api-reference')}</a>
        {session?.kind === 'open' && facts?.login && <LogOut userId={session.userId} />}
      </nav>
    </header>
  );
}
