// One replay as it comes: its state, what can be done to its connection, what was counted, and every line.

import type { ApiError } from '@buildcast/client';
import { useEffect, useId, useRef, useState } from 'react';
import { ask } from '../api/ask';
import { intlTag } from '../messages/bundle';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import { problemOf } from './ended-builds';
import { ProblemText } from './problem-text';
import { RecordTable } from './record-table';
import { useReplay, type StartedReplay, type WatchedTransport } from './use-replay';

export function ReplayPanel({ started, transport }: { started: StartedReplay; transport: WatchedTransport }) {
  const locale = useLocale();
  const id = useId();
  const { record, state, cursor, cut, open, note } = useReplay(started, transport, locale);
  const [problem, setProblem] = useState<ApiError | 'silent' | null>(null);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const gone = (leaving.current = new AbortController());
    return () => gone.abort();
  }, []);

  const stepOn = async (count: number) => {
    const { signal } = leaving.current;
    setProblem(null);
    try {
      const { seq } = await ask('post', '/v1/replays/{id}/step', { path: { id: started.replay.replayId }, body: { count }, signal });
      if (!signal.aborted) note({ kind: 'stepped', seq });
    } catch (cause) {
      if (!signal.aborted) setProblem(problemOf(cause));
    }
  };

  const closed = state === 'cut' || state === 'ended';
  const numbers = new Intl.NumberFormat(intlTag(locale));
  const counted = [
    ['received', message('page-qa-received'), record.received, false],
    ['doubled', message('page-qa-doubled'), record.doubled, record.doubled > 0],
    ['out-of-order', message('page-qa-out-of-order'), record.outOfOrder, record.outOfOrder > 0],
    ['missed', message('page-qa-missed'), record.missing.size, record.missing.size > 0],
  ] as const;

  return (
    <section className="card qa-replay" aria-labelledby="qa-record-heading">
      <div className="qa-head">
        <h3 id="qa-record-heading">{message('page-qa-record-heading')}</h3>
        <span className="qa-state" role="status" data-state={state}>
          {state === 'cut' ? message('page-qa-state-cut') : message(`page-state-${state}`)}
        </span>
      </div>
      <div className="buttons">
        <button type="button" className="primary" aria-disabled={!started.step} aria-describedby={`${id}-step`} onClick={() => started.step && void stepOn(1)}>
          {message('page-qa-step', { count: 1 })}
        </button>
        <button type="button" className="quiet" aria-disabled={!started.step} aria-describedby={`${id}-step`} onClick={() => started.step && void stepOn(10)}>
          {message('page-qa-step', { count: 10 })}
        </button>
        <button type="button" className="quiet" aria-disabled={closed} aria-describedby={`${id}-cut`} onClick={() => !closed && cut()}>
          {message('page-qa-cut')}
        </button>
        <button type="button" className="quiet" aria-disabled={!closed || cursor === null} aria-describedby={`${id}-cut`} onClick={() => closed && cursor !== null && open('cursor')}>
          {message('page-qa-resume')}
        </button>
        <button type="button" className="quiet" onClick={() => open('beginning')}>{message('page-qa-again')}</button>
      </div>
      <p id={`${id}-step`} className="quiet-text">{started.step ? message('page-qa-step-hint') : message('page-qa-no-step')}</p>
      <p id={`${id}-cut`} className="quiet-text">{closed ? message('page-qa-closed-hint') : message('page-qa-open-hint')}</p>
      {problem && <ProblemText problem={problem} />}
      <dl className="qa-figures">
        {counted.map(([name, label, count, odd]) => (
          <div key={name} data-figure={name} data-odd={odd || undefined}><dt>{label}</dt><dd>{numbers.format(count)}</dd></div>
        ))}
        <div data-figure="cursor"><dt>{message('page-qa-column-cursor')}</dt><dd><code>{cursor ?? '–'}</code></dd></div>
      </dl>
      <RecordTable record={record} />
    </section>
  );
}
