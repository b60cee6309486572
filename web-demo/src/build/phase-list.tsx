// The phases of a build, each with its state and how long it took.

import type { Phase } from '@buildcast/client';
import { message } from '../messages/catalogue';
import { BUILD_PHASES, phaseSeconds, type PhaseState, type PhaseTimes } from './timeline';

interface PhaseListProps {
  phases: Record<Phase, PhaseTimes>;
  /** Epoch milliseconds, the server's clock. */
  now: number;
}

export function PhaseList({ phases, now }: PhaseListProps) {
  return (
    <ol className="phases" aria-label={message('page-phases-label')}>
      {BUILD_PHASES.map((phase) => {
        const { state } = phases[phase];
        return (
          <li key={phase} className="phase" data-state={state} data-phase={phase}>
            <PhaseMark state={state} />
            <span className="phase-name">{message(`page-phase-${phase}`)}</span>
            <span className="phase-detail">{detail(phases[phase], now)}</span>
          </li>
        );
      })}
    </ol>
  );
}

function detail(phase: PhaseTimes, now: number): string {
  const word = message(`page-phase-state-${phase.state}`);
  const seconds = phaseSeconds(phase, now);
  if (seconds === null) return word;
  // A running count in tenths would flicker.
  const shown = phase.state === 'active' ? Math.floor(seconds) : seconds;
  return `${word} · ${message('page-seconds', { seconds: shown })}`;
}

const MARKS: Partial<Record<PhaseState, string>> = {
  done: 'M4.5 8.5 7 11l4.5-5.5',
  failed: 'M5.5 5.5l5 5m0-5l-5 5',
  cancelled: 'M5 8h6',
  skipped: 'M5 8h6',
  unreached: 'M5 8h6',
};

function PhaseMark({ state }: { state: PhaseState }) {
  const path = MARKS[state];
  return (
    <svg className="phase-mark" viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
      <circle className="phase-ring" cx="8" cy="8" r="7" />
      {state === 'active' && <path className="phase-arc" d="M8 1a7 7 0 0 1 7 7" />}
      {path && <path className="phase-sign" d={path} />}
    </svg>
  );
}
