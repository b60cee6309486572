// What became of the builds of a time, how long they took, and where they failed.

import { reasonText } from '../api/refusal';
import { intlTag } from '../messages/bundle';
import { hasMessage, message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import type { BuildAnalytics } from './use-usage';

const STATES = ['deployed', 'failed', 'cancelled', 'building', 'queued'] as const;
const PERCENTILES = [50, 90, 95, 99] as const;

export function BuildFigures({ builds }: { builds: BuildAnalytics }) {
  return (
    <>
      <States counts={builds.byState} />
      <Durations durations={builds.durations} />
      <Failures failures={builds.byFailingPhase} />
    </>
  );
}

function States({ counts }: { counts: BuildAnalytics['byState'] }) {
  const numbers = new Intl.NumberFormat(intlTag(useLocale()));
  return (
    <section className="card figures">
      <h4>{message('page-account-states')}</h4>
      <dl className="sums">
        {STATES.map((state) => (
          <div key={state}><dt>{message(`page-projects-state-${state}`)}</dt><dd>{numbers.format(counts[state])}</dd></div>
        ))}
      </dl>
    </section>
  );
}

function Durations({ durations }: { durations: BuildAnalytics['durations'] }) {
  const { count, mean } = durations;
  return (
    <section className="card figures">
      <h4>{message('page-account-durations')}</h4>
      <p className="quiet-text">{count === 0 ? message('page-account-durations-none') : message('page-account-durations-of', { count })}</p>
      {count > 0 && (
        <dl className="sums">
          {PERCENTILES.map((percent) => (
            <div key={percent}>
              <dt>{percent === 50 ? message('page-account-median') : message('page-account-percentile', { percent })}</dt>
              <dd>{secondsText(durations[`p${percent}`])}</dd>
            </div>
          ))}
          <div><dt>{message('page-account-mean')}</dt><dd>{secondsText(mean)}</dd></div>
        </dl>
      )}
    </section>
  );
}

function secondsText(seconds: number | null): string {
  return seconds === null ? '–' : message('page-seconds', { seconds });
}

function Failures({ failures }: { failures: BuildAnalytics['byFailingPhase'] }) {
  const numbers = new Intl.NumberFormat(intlTag(useLocale()));
  const heading = message('page-account-failures');
  return (
    <section className="card figures failures">
      <h4>{heading}</h4>
      {failures.length === 0 ? (
        <p className="quiet-text">{message('page-account-failures-none')}</p>
      ) : (
        <div className="table-frame" role="group" aria-label={heading} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{message('page-outcome-phase')}</th>
                <th scope="col">{message('page-outcome-reason')}</th>
                <th scope="col" className="number">{message('page-account-column-builds')}</th>
              </tr>
            </thead>
            <tbody>
              {failures.map(({ phase, code, reason, count }) => (
                <tr key={`${phase} ${code} ${reason}`}>
                  <th scope="row">{phaseText(phase)}</th>
                  <td>{reasonText(reason)} <code>{code}</code></td>
                  <td className="number">{numbers.format(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function phaseText(phase: string) {
  const id = `page-phase-${phase}`;
  return hasMessage(id) ? message(id) : <code>{phase}</code>;
}
