// The top of the build: what it is doing, or how it ended and what can be done now.

import type { ApiError, BuildEvent } from '@buildcast/client';
import { hasMessage, message, messageArgs } from '../messages/catalogue';
import { clockTime } from '../messages/clock';
import { errorText } from '../messages/error-text';
import { useLocale } from '../messages/use-locale';
import { useTitleState } from '../shell/title';
import type { AgainHindrance } from './again';
import { CancelBuild } from './cancel-build';
import { CancelProblem } from './cancel-problem';
import { isQueued, type Timeline } from './timeline';
import type { Cancelling } from './use-cancel';
import type { QueuePlace } from './use-queue-place';

interface OutcomeProps {
  timeline: Timeline;
  refusal: ApiError | null;
  /** Null while nothing was built yet. */
  buildId: string | null;
  queuePlace: QueuePlace | null;
  /** Null where there is nothing to cancel. */
  cancelling: Cancelling | null;
  missedEvents: number;
  /** Null where it can be built again, else why not. */
  againHindrance: AgainHindrance | null;
  starting: boolean;
  /** Null where that is not done here. */
  onBuildAgain: (() => void) | null;
}

export function Outcome(props: OutcomeProps) {
  const { timeline, refusal, buildId, cancelling } = props;
  const { outcome, previewUrl } = timeline;
  const over = outcome !== null || refusal !== null;
  const why = whyOf(props);
  const more = detail(props);
  useTitleState(buildId === null ? null : titleState(props));
  return (
    <div className="outcome">
      <div className="outcome-text">
        <div className="outcome-status" role="status">
          <p className="outcome-heading">{heading(props)}</p>
          {why !== null && <p className="outcome-why">{why}</p>}
        </div>
        {more && <div className="outcome-detail">{more}</div>}
        {cancelling?.state === 'refused' && <CancelProblem problem={cancelling.problem} />}
        {props.missedEvents > 0 && <p className="quiet-text">{message('page-stream-gap', { count: props.missedEvents })}</p>}
        {over && props.againHindrance && <p className="quiet-text">{message(props.againHindrance)}</p>}
      </div>
      <div className="buttons">
        {previewUrl && (
          <a className="primary" href={previewUrl} target="_blank" rel="noopener">{message('page-open-preview')}</a>
        )}
        {cancelling && <CancelBuild key={buildId} cancelling={cancelling} />}
        {buildId && over && props.onBuildAgain && (
          <button
            type="button"
            className="quiet"
            disabled={props.againHindrance !== null}
            aria-disabled={props.starting || undefined}
            onClick={props.onBuildAgain}
          >
            {message(props.starting ? 'page-starting' : 'page-start-again')}
          </button>
        )}
      </div>
    </div>
  );
}

function heading({ timeline, refusal, buildId }: OutcomeProps): string {
  const { outcome } = timeline;
  if (outcome?.succeeded) return message('page-success-heading');
  if (outcome?.code === 'BUILD_TIMEOUT') return message('page-timeout-heading');
  if (outcome?.code === 'BUILD_CANCELLED') return message('page-cancelled-heading');
  if (outcome) return message('page-failed-heading');
  if (refusal) return message('page-lost-heading');
  if (buildId && timeline.eventCount > 0 && isQueued(timeline)) return message('page-queue-heading');
  return message(buildId ? 'page-waiting-heading' : 'page-build-empty');
}

/** Why it ended without success; read out with the heading. */
function whyOf({ timeline: { outcome }, refusal }: OutcomeProps): string | null {
  if (!outcome || outcome.succeeded) return outcome === null && refusal ? errorText(refusal) : null;
  const { event } = outcome;
  const reason = reasonOf(event);
  return reason ? reasonText(reason) : message(event.code, messageArgs(event.params));
}

function titleState(props: OutcomeProps): string {
  const { outcome, progress } = props.timeline;
  if (outcome !== null || props.refusal !== null) return heading(props);
  return `${heading(props)} ${message('page-progress-value', { percent: Math.floor(progress * 100) })}`;
}

function detail({ timeline, refusal, buildId, queuePlace }: OutcomeProps) {
  const { outcome, lines } = timeline;
  if (outcome && !outcome.succeeded) return <FailureFacts event={outcome.event} />;
  if (refusal) return null;
  if (queuePlace) return <QueueFacts place={queuePlace} />;
  const last = lines.at(-1)?.events.at(-1);
  if (last) return <p>{message(last.code, messageArgs(last.params))}</p>;
  return <p>{message(buildId ? 'page-events-waiting' : 'page-build-empty-hint')}</p>;
}

function QueueFacts({ place: { position, expectedEnd } }: { place: QueuePlace }) {
  const locale = useLocale();
  return (
    <>
      <p>{message('page-queue-position', { position })}</p>
      {expectedEnd && <p>{message('page-queue-end', { time: clockTime(new Date(expectedEnd), locale) })}</p>}
    </>
  );
}

function FailureFacts({ event }: { event: BuildEvent }) {
  const { exitCode, recoverable } = event.code === 'BUILD_FAILED' ? event.params : {};
  const reason = reasonOf(event);
  return (
    <>
      <dl className="facts">
        <div><dt>{message('page-outcome-phase')}</dt><dd>{message(`page-phase-${event.phase}`)}</dd></div>
        {reason && (
          <div><dt>{message('page-outcome-reason')}</dt><dd><code>{reason}</code></dd></div>
        )}
        {exitCode !== undefined && (
          <div><dt>{message('page-outcome-exit-code')}</dt><dd><code>{exitCode}</code></dd></div>
        )}
      </dl>
      {recoverable && <p className="quiet-text">{message('page-outcome-recoverable')}</p>}
    </>
  );
}

/** The other two ends have no reason: they are one. */
function reasonOf(event: BuildEvent): string | undefined {
  return event.code === 'BUILD_FAILED' ? event.params.reason : undefined;
}

/** A reason is a stable word; a sentence where the catalogue has one. */
function reasonText(reason: string): string {
  const id = `page-reason-${reason}`;
  return hasMessage(id) ? message(id) : message('BUILD_FAILED');
}
