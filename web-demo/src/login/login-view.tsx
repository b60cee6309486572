// The way in for whom a backend has let in: with the address that it sent them to, or a token that they were given.

import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { Refusal } from '../api/refusal';
import { logIn } from '../api/session';
import { useSession } from '../api/session-context';
import { tellOtherTabs } from '../api/session-end';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import { hrefOf } from '../shell/route';
import '../style/login.css';
import { tokenIn, userOf } from './page-token';

export default function LoginView({ token }: { token: string | null }) {
  useLocale();
  const { session, userId, adopt } = useSession();
  const [pasted, setPasted] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const shown = token ?? tokenIn(pasted);
  const user = shown === null ? null : userOf(shown);
  useEffect(() => (field.current ?? button.current)?.focus({ preventScroll: true }), []);

  const enter = async (event: FormEvent) => {
    event.preventDefault();
    if (shown === null || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const next = await logIn(shown);
      // A token is good once: neither the address nor the history is to keep it.
      if (token !== null) location.replace(hrefOf({ view: 'build' }));
      adopt(next);
      tellOtherTabs();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  // Where one is the user of this server as it is, nobody logs in.
  if (session?.kind === 'open' && !session.facts.login) {
    return (
      <main className="login">
        <h2>{message('page-login-heading')}</h2>
        <p>{message('page-login-needless')}</p>
        <p><a href="#/">{message('page-projects-start')}</a></p>
      </main>
    );
  }
  return (
    <main className="login">
      <form className="card" onSubmit={(event) => void enter(event)} aria-busy={busy}>
        <h2>{message('page-login-heading')}</h2>
        {token === null ? (
          <>
            <p>{message('page-login-intro')}</p>
            <label className="field">
              <span>{message('page-login-token')}</span>
              <input
                ref={field}
                type="text"
                dir="ltr"
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                value={pasted}
                aria-describedby={`${id}-hint`}
                onChange={(event) => setPasted(event.target.value)}
              />
            </label>
            <p className="quiet-text login-hint" id={`${id}-hint`} role="status">{hint()}</p>
          </>
        ) : (
          <p>{user === null ? message('page-login-unread') : question(user)}</p>
        )}
        <button type="submit" ref={button} className="primary wide" disabled={shown === null || user === null} aria-disabled={busy || undefined}>
          {message('page-login-in')}
        </button>
      </form>
      {problem != null && <Refusal heading={message('page-login-failed')} problem={problem} />}
    </main>
  );

  function question(name: string): string {
    return userId !== null && userId !== name ? message('page-login-instead', { user: name, now: userId }) : message('page-login-as', { user: name });
  }

  function hint(): string {
    if (pasted.trim() === '') return message('page-login-hint');
    return user === null ? message('page-login-unread') : question(user);
  }
}
