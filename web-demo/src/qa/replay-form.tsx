// What to replay, and how: the build, from which event, how fast, by steps or not, over which transport.

import { useId, useState, type FormEvent } from 'react';
import { intlTag } from '../messages/bundle';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import type { EndedBuild } from './ended-builds';
import { transportName } from './note-text';
import type { WatchedTransport } from './use-replay';

/** A replay by steps has no speed. */
export type ReplayWish = { fromSeq: number; step: true } | { fromSeq: number; step?: undefined; speed: number };

interface ReplayFormProps {
  buildId: string | null;
  /** An id of the page's address that need not be among the builds: a rollback's job has a stream too. */
  givenId: string | undefined;
  builds: EndedBuild[] | null;
  transport: WatchedTransport;
  /** Why nothing can be started now. */
  hindrance: string | null;
  onBuild: (buildId: string) => void;
  onTransport: (transport: WatchedTransport) => void;
  onStart: (wish: ReplayWish) => void;
}

/** 0 is all at once. */
const SPEEDS = [0.5, 1, 10, 100, 0] as const;
const TRANSPORTS = ['sse', 'websocket'] as const;

export function ReplayForm({ buildId, givenId, builds, transport, hindrance, onBuild, onTransport, onStart }: ReplayFormProps) {
  const locale = useLocale();
  const id = useId();
  const [fromSeq, setFromSeq] = useState('1');
  const [speed, setSpeed] = useState(10);
  const [step, setStep] = useState(false);
  const times = new Intl.DateTimeFormat(intlTag(locale), { dateStyle: 'short', timeStyle: 'medium' });
  const numbers = new Intl.NumberFormat(intlTag(locale));
  const listed = builds?.some((build) => build.buildId === givenId);

  const start = (event: FormEvent) => {
    event.preventDefault();
    if (hindrance) return;
    const from = { fromSeq: Number(fromSeq) };
    onStart(step ? { ...from, step } : { ...from, speed });
  };
  return (
    <form className="qa-form" onSubmit={start}>
      <label className="qa-wide">
        {message('page-qa-build')}
        <select value={buildId ?? ''} onChange={({ target }) => onBuild(target.value)}>
          {builds?.length === 0 && !givenId && <option value="">{message('page-qa-no-builds')}</option>}
          {givenId && !listed && <option value={givenId}>{givenId}</option>}
          {builds?.map((build) => (
            <option key={build.buildId} value={build.buildId}>
              {`${times.format(new Date(build.createdAt))} · ${stateName(build.status)} · ${build.buildId}`}
            </option>
          ))}
        </select>
      </label>
      <label>
        {message('page-qa-from')}
        <input type="number" min="1" step="1" required inputMode="numeric" value={fromSeq} onChange={({ target }) => setFromSeq(target.value)} />
      </label>
      <label>
        {message('page-qa-speed')}
        <select value={step ? '' : speed} disabled={step} onChange={({ target }) => setSpeed(Number(target.value))}>
          {step && <option value="">{message('page-qa-speed-none')}</option>}
          {SPEEDS.map((each) => (
            <option key={each} value={each}>{each === 0 ? message('page-qa-speed-all') : `${numbers.format(each)}×`}</option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>{message('page-qa-transport')}</legend>
        {TRANSPORTS.map((each) => (
          <label key={each} className="qa-choice">
            <input type="radio" name={`${id}-transport`} checked={transport === each} onChange={() => onTransport(each)} />
            <bdi>{transportName(each)}</bdi>
          </label>
        ))}
      </fieldset>
      <label className="qa-choice">
        <input type="checkbox" checked={step} onChange={({ target }) => setStep(target.checked)} />
        {message('page-qa-by-step')}
      </label>
      <div className="qa-start">
        <button type="submit" className="primary" aria-disabled={hindrance !== null} aria-describedby={`${id}-why`}>
          {message('page-qa-start')}
        </button>
        <p id={`${id}-why`} className="quiet-text">{hindrance}</p>
      </div>
    </form>
  );
}

function stateName(status: string): string {
  if (status === 'deployed') return message('page-qa-build-deployed');
  return status === 'failed' ? message('page-qa-build-failed') : message('page-qa-build-cancelled');
}
