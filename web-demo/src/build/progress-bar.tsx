// How far the build is. The bar is scaled, not resized, so that nothing is laid out anew.

import { message } from '../messages/catalogue';

interface ProgressBarProps {
  /** 0 to 1. */
  progress: number;
  tone: 'idle' | 'running' | 'succeeded' | 'failed';
  /** Seconds since the start; null before it. */
  seconds: number | null;
}

export function ProgressBar({ progress, tone, seconds }: ProgressBarProps) {
  const percent = Math.floor(progress * 100);
  const value = message('page-progress-value', { percent });
  return (
    <div className="progress" data-tone={tone}>
      <div
        className="progress-track"
        role="progressbar"
        aria-label={message('page-progress-label')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={value}
      >
        <div className="progress-bar" style={{ transform: `scaleX(${progress})` }} />
      </div>
      <div className="progress-numbers" aria-hidden="true">
        <span>{value}</span>
        <span>{seconds === null ? '' : message('page-seconds', { seconds })}</span>
      </div>
    </div>
  );
}
