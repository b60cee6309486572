// A build or rollback as it goes on: its bar, and what its last event says. A build leads to its own view; a rollback that
// failed can be tried again.

import { useEffect, useRef } from 'react';
import { useBuild } from '../build/use-build';
import { message, messageArgs } from '../messages/catalogue';
import { errorText } from '../messages/error-text';
import { useLocale } from '../messages/use-locale';
import { reasonText } from '../api/refusal';
import { hrefOf } from '../shell/route';
import type { Job } from './use-job';

interface JobPanelProps {
  job: Job;
  onEnd: () => void;
  /** Something else goes on in the project. */
  busy: boolean;
  /** The id of the text that says so. */
  busyId: string;
  /** What asks for a rollback to that version; null where there can be none. */
  againTo: (versionId: string) => (() => void) | null;
}

export function JobPanel({ job, onEnd, busy, busyId, againTo }: JobPanelProps) {
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
  const event = outcome?.event;
  const failure = event?.code === 'ROLLBACK_FAILED' || event?.code === 'BUILD_FAILED' ? event.params : null;
  const reason = failure && reasonText(failure.reason);
  const target = event?.code === 'ROLLBACK_FAILED' ? event.params.targetVersionId : undefined;
  const again = target === undefined ? null : againTo(target);
  const percent = message('page-progress-value', { percent: Math.floor(progress * 100) });
  return (
    <section className="card job" aria-label={message(job.kind === 'build' ? 'page-build-heading' : 'page-phase-rollback')}>
      <div className="job-head">
        <div role="status">
          <p className="job-text">
            {refusal ? errorText(refusal) : last ? message(last.code, messageArgs(last.params)) : message('page-events-waiting')}
          </p>
          <p className="quiet-text job-reason">{reason ?? (state === 'reconnecting' ? message('page-state-reconnecting') : '')}</p>
        </div>
        {job.kind === 'build' && <a className="quiet" href={hrefOf({ view: 'build', buildId: job.jobId })}>{message(over ? 'page-watch-ended' : 'page-watch')}</a>}
        {again && (
          <button type="button" className="quiet" aria-disabled={busy || undefined} aria-describedby={busy ? busyId : undefined} onClick={() => !busy && again()}>
            {message('page-retry')}
          </button>
        )}
      </div>
      <div className="progress" data-tone={outcome ? (outcome.succeeded ? 'succeeded' : 'failed') : 'running'}>
        <div
          className="progress-track"
          role="progressbar"
          aria-label={message(job.kind === 'build' ? 'page-progress-label' : 'page-versions-progress')}
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
