// Everything about the build that is being watched. Before the first build it shows the
// same parts, empty, so that nothing moves when one starts.

import type { Ref } from 'react';
import { message } from '../messages/catalogue';
import { hrefOf } from '../shell/route';
import type { AgainHindrance } from './again';
import { EventLog } from './event-log';
import { LogPanel } from './log-panel';
import { Outcome } from './outcome';
import { PhaseList } from './phase-list';
import { ProgressBar } from './progress-bar';
import { StreamNote } from './stream-note';
import { startedAt } from './timeline';
import { useServerClock } from './use-server-clock';
import type { Watched } from './use-watched';

interface BuildingAgain {
  /** Null where it can be built again, else why not. */
  hindrance: AgainHindrance | null;
  starting: boolean;
  start: () => void;
}

interface BuildPanelProps {
  /** Null before the first build. */
  shown: { buildId: string; name: string } | null;
  watched: Watched;
  /** Null where it can't be started from here. */
  again: BuildingAgain | null;
  headingRef?: Ref<HTMLHeadingElement>;
}

export function BuildPanel({ shown, watched, again, headingRef }: BuildPanelProps) {
  const { build, log, queuePlace, cancelling } = watched;
  const { timeline, state, refusal } = build;
  const { outcome } = timeline;
  const running = shown !== null && outcome === null && refusal === null;
  const now = useServerClock(running, timeline.clockAheadMs);
  const tone = running ? 'running' : outcome?.succeeded ? 'succeeded' : outcome || refusal ? 'failed' : 'idle';
  const begun = startedAt(timeline);
  const until = outcome ? outcome.event.params.timestamp : now;

  return (
    <section className="card build" aria-labelledby="build-heading" data-tone={tone}>
      <div className="build-head">
        <h2 id="build-heading" ref={headingRef} tabIndex={-1}>
          {message('page-build-heading')}
          {shown?.name && <span className="build-name"> <bdi>{shown.name}</bdi></span>}
        </h2>
        {shown && (
          <span className="stream-state" data-state={state} role="status">{message(`page-state-${state}`)}</span>
        )}
      </div>
      <StreamNote key={`note ${shown?.buildId}`} state={refusal ? 'ended' : state} />
      <Outcome
        timeline={timeline}
        refusal={refusal}
        buildId={shown?.buildId ?? null}
        queuePlace={queuePlace}
        cancelling={running ? cancelling : null}
        missedEvents={build.missedEvents}
        againHindrance={again?.hindrance ?? null}
        starting={again?.starting ?? false}
        onBuildAgain={again?.start ?? null}
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
      <LogPanel key={`log ${shown?.buildId}`} log={log} waiting={shown === null || running} />
      <p className="build-ids">
        {shown && (
          <>
            {message('page-build-address')}{' '}
            <a href={hrefOf({ view: 'build', buildId: shown.buildId })}><code>{shown.buildId}</code></a>
          </>
        )}
      </p>
    </section>
  );
}

/** Whole seconds while they run, as tenths would flicker; what it took in the end, to the tenth. */
function secondsShown(ms: number, ended: boolean): number {
  return ended ? Math.max(0, ms) / 1000 : Math.max(0, Math.floor(ms / 1000));
}
