// A rollback as it goes on: its bar, and what its last event says.

import { useEffect, useRef } from 'react';
import { useBuild } from '../build/use-build';
import { message, messageArgs } from '../messages/catalogue';
import { errorText } from '../messages/error-text';
import { useLocale } from '../messages/use-locale';
import { reasonText } from '../api/refusal';
import type { RollbackJob } from './use-actions';

export function RollbackPanel({ job, onEnd }: { job: RollbackJob; onEnd: () => void }) {
  const locale = useLocale();
  const { timeline, state, refusal } = useBuild(job.jobId, job.streamToken, locale);
  const { outcome, lines, progress } = timeline;
  const over = outcome !== null || refusal !== null;
  const told = useRef(onEnd);
  useEffect(() => {
    told.current = onEnd;
  });
  useEffect(() => {
    if (over) told.current();
  }, [over]);

  const last = lines.at(-1)?.events.at(-1);
  const reason = outcome?.event.code === 'ROLLBACK_FAILED' ? reasonText(outcome.event.params.reason) : null;
  const percent = message('page-progress-value', { percent: Math.floor(progress * 100) });
  return (
    <section className="card rollback" aria-label={message('page-phase-rollback')}>
      <p className="rollback-text" role="status">
        {refusal ? errorText(refusal) : last ? message(last.code, messageArgs(last.params)) : message('page-events-waiting')}
      </p>
      <p className="quiet-text rollback-reason">{reason ?? (state === 'reconnecting' ? message('page-state-reconnecting') : '')}</p>
      <div className="progress" data-tone={outcome ? (outcome.succeeded ? 'succeeded' : 'failed') : 'running'}>
        <div
          className="progress-track"
          role="progressbar"
          aria-label={message('page-versions-progress')}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.floor(progress * 100)}
          aria-valuetext={percent}
        >
          <div className="progress-bar" style={{ transform: `scaleX(${progress})` }} />
        </div>
        <div className="progress-numbers" aria-hidden="true"><span>{percent}</span></div>
      </div>
    </section>
  );
}
