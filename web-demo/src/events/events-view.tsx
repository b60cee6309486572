// Every code that this server knows, by phase, with what the page says for it.

import { useDeferredValue, useState } from 'react';
import { hasMessage, message, messageArgs } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import '../style/events.css';
import { CodeDetails } from './code-entry';
import { matches, type CodeEntry, type Reference } from './reference';
import { useReference } from './use-reference';

export default function EventsView() {
  useLocale();
  const { read, again } = useReference();
  const [filter, setFilter] = useState('');
  const shown = useDeferredValue(filter);

  return (
    <main className="events-view">
      <section className="card reference">
        <h2>{message('page-reference-heading')}</h2>
        <p className="quiet-text">{message('page-reference-intro')} <a href="docs">{message('page-reference-docs')}</a></p>
        <label className="reference-filter">
          {message('page-reference-filter')}
          <input type="search" value={filter} placeholder={message('page-reference-filter-hint')} onChange={({ target }) => setFilter(target.value)} />
        </label>
        {read === 'reading' && <p role="status">{message('page-reference-reading')}</p>}
        {read === 'failed' && (
          <div role="alert">
            <p>{message('page-reference-failed')}</p>
            <button type="button" className="quiet" onClick={again}>{message('page-retry')}</button>
          </div>
        )}
        {typeof read === 'object' && <Groups reference={read.reference} filter={shown} />}
      </section>
    </main>
  );
}

interface Shown {
  entry: CodeEntry;
  text: string;
}

function Groups({ reference, filter }: { reference: Reference; filter: string }) {
  const found = (entries: CodeEntry[], id: (code: string) => string) =>
    entries.map((entry) => ({ entry, text: textOf(id(entry.code), entry) })).filter(({ entry, text }) => matches(entry, text, filter));
  const events = found(reference.events, (code) => code);
  const errors = found(reference.errors, (code) => `error-${code}`);
  const phases = [...new Set(reference.events.map(({ phase }) => phase))];
  const count = events.length + errors.length;
  return (
    <>
      <p role="status" className="quiet-text">{count === 0 ? message('page-reference-none') : message('page-reference-shown', { count })}</p>
      {phases.map((phase) => (
        <Group
          key={phase ?? ''}
          heading={phase === null ? message('page-reference-any-phase') : phaseName(phase)}
          shown={events.filter(({ entry }) => entry.phase === phase)}
        />
      ))}
      <Group heading={message('page-reference-errors')} shown={errors} />
    </>
  );
}

function Group({ heading, shown }: { heading: string; shown: Shown[] }) {
  if (shown.length === 0) return null;
  return (
    <section className="reference-group">
      <h3>{heading}</h3>
      {shown.map(({ entry, text }) => <CodeDetails key={entry.code} entry={entry} text={text} />)}
    </section>
  );
}

/** A newer server's code has no message in this page: what it means, then. */
function textOf(id: string, entry: CodeEntry): string {
  return hasMessage(id) ? message(id, messageArgs(entry.example.params)) : entry.meaning;
}

function phaseName(phase: string): string {
  return hasMessage(`page-phase-${phase}`) ? message(`page-phase-${phase}`) : phase;
}
