// Everything about the build that is being watched. Before the first build it shows the
// same parts, empty, so that nothing moves when one starts.

import type { Ref } from 'react';
import { message } from '../messages/catalogue';
import type { AgainHindrance } from './again';
import { EventLog } from './event-log';
import type { KeptBuild } from './kept-build';
import { LogPanel } from './log-panel';
import { Outcome } from './outcome';
import { PhaseList } from './phase-list';
import { ProgressBar } from './progress-bar';
import { StreamNote } from './stream-note';
import { startedAt } from './timeline';
import type { WatchedBuild } from './use-build';
import type { Cancelling } from './use-cancel';
import type { WatchedLog } from './use-log';
import type { QueuePlace } from './use-queue-place';
import { useServerClock } from './use-server-clock';

interface BuildPanelProps {
  kept: KeptBuild | null;
  build: WatchedBuild;
  log: WatchedLog;
  queuePlace: QueuePlace | null;
  /** Null where the page may not ask for it. */
  cancelling: Cancelling | null;
  /** Null where it can be built again, else why not. */
  againHindrance: AgainHindrance | null;
  starting: boolean;
  onBuildAgain: () => void;
  headingRef: Ref<HTMLHeadingElement>;
}

export function BuildPanel(props: BuildPanelProps) {
  const { kept, build, log, queuePlace, cancelling, againHindrance, starting, onBuildAgain, headingRef } = props;
  const { timeline, state, refusal } = build;
  const { outcome } = timeline;
  const running = kept !== null && outcome === null && refusal === null;
  const now = useServerClock(running, timeline.clockAheadMs);
  const tone = running ? 'running' : outcome?.succeeded ? 'succeeded' : outcome || refusal ? 'failed' : 'idle';
  const begun = startedAt(timeline);
  const until = outcome ? outcome.event.params.timestamp : now;

  return (
    <section className="card build" aria-labelledby="build-heading" data-tone={tone}>
      <div className="build-head">
        <h2 id="build-heading" ref={headingRef} tabIndex={-1}>
          {message('page-build-heading')}
          {kept?.name && <span className="build-name"> <bdi>{kept.name}</bdi></span>}
        </h2>
        {kept && (
          <span className="stream-state" data-state={state} role="status">{message(`page-state-${state}`)}</span>
        )}
      </div>
      <StreamNote key={`note ${kept?.buildId}`} state={refusal ? 'ended' : state} />
      <Outcome
        timeline={timeline}
        refusal={refusal}
        buildId={kept?.buildId ?? null}
        queuePlace={queuePlace}
        cancelling={running ? cancelling : null}
        missedEvents={build.missedEvents}
        againHindrance={againHindrance}
        starting={starting}
        onBuildAgain={onBuildAgain}
      />
      <ProgressBar
        progress={timeline.progress}
        tone={tone}
        seconds={begun === null ? null : secondsShown(until - begun, outcome !== null)}
      />
      <PhaseList phases={timeline.phases} now={now} />
      <EventLog
        lines={timeline.lines}
        eventCount={timeline.eventCount}
        replaying={build.replaying}
        waiting={running}
      />
      <LogPanel key={`log ${kept?.buildId}`} log={log} waiting={kept === null || running} />
      <p className="build-ids"><code>{kept?.buildId}</code></p>
    </section>
  );
}

/** Whole seconds while they run, as tenths would flicker; what it took in the end, to the tenth. */
function secondsShown(ms: number, ended: boolean): number {
  return ended ? Math.max(0, ms) / 1000 : Math.max(0, Math.floor(ms / 1000));
}
