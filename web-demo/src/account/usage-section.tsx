// What was used and built in a choice of days: two plots, and what the days come to.

import { Refusal } from '../api/refusal';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import { BarPlot, summaryOf, type PlotDay } from './bar-plot';
import { BuildFigures } from './build-figures';
import { dayText } from './days';
import { OperationFigures } from './operation-figures';
import type { BuildAnalytics, UsageAnalytics, UsageState } from './use-usage';

export const RANGES = [7, 30, 90] as const;
export type Range = (typeof RANGES)[number];

interface UsageSectionProps {
  state: UsageState;
  range: Range;
  onRange: (range: Range) => void;
}

export function UsageSection({ state: { read, loading, problem, refresh }, range, onRange }: UsageSectionProps) {
  const locale = useLocale();
  return (
    <section className="usage" aria-labelledby="usage-heading" aria-busy={loading}>
      <div className="account-head">
        <h3 id="usage-heading">{message('page-account-usage')}</h3>
        <fieldset className="range">
          <legend className="unseen">{message('page-account-range')}</legend>
          {RANGES.map((days) => (
            <label key={days}>
              <input type="radio" name="range" value={days} checked={days === range} onChange={() => onRange(days)} />
              <span>{message('page-account-days', { count: days })}</span>
            </label>
          ))}
        </fieldset>
      </div>
      <p className="quiet-text account-status" role="status">{read && !loading ? periodOf(read.builds) : message('page-projects-loading')}</p>
      {problem !== null && <Refusal heading={message('page-account-usage-unread')} problem={problem} onRetry={refresh} />}
      <div className="usage-body" data-old={(loading && read !== null) || undefined}>
        {read && (
          <>
            <CreditsPlot usage={read.usage} />
            <BuildsPlot builds={read.builds} />
            <OperationFigures usage={read.usage} />
            <BuildFigures builds={read.builds} />
          </>
        )}
      </div>
    </section>
  );

  function periodOf({ from, to }: BuildAnalytics): string {
    return message('page-account-period', { from: dayText(from, locale), to: dayText(to, locale) });
  }
}

function CreditsPlot({ usage }: { usage: UsageAnalytics }) {
  const locale = useLocale();
  const heading = message('page-account-credits-by-day');
  const counted = (count: number) => message('page-account-credits', { count });
  const days: PlotDay[] = usage.byDay.map(({ day, credits }) => ({ day, values: [credits] }));
  return (
    <BarPlot
      heading={heading}
      summary={summaryOf(heading, days, locale, counted)}
      note={usage.total.credits === 0 ? message('page-account-credits-none') : counted(usage.total.credits)}
      series={[{ label: message('page-account-column-credits'), fill: 'solid' }]}
      days={days}
    />
  );
}

function BuildsPlot({ builds }: { builds: BuildAnalytics }) {
  const locale = useLocale();
  const heading = message('page-account-builds-by-day');
  const counted = (count: number) => message('page-account-builds', { count });
  const days: PlotDay[] = builds.byDay.map(({ day, started, deployed, failed, cancelled }) => ({
    day,
    values: [deployed, failed, cancelled, started - deployed - failed - cancelled],
  }));
  return (
    <BarPlot
      heading={heading}
      summary={summaryOf(heading, days, locale, counted)}
      note={builds.builds === 0 ? message('page-account-builds-none') : counted(builds.builds)}
      series={[
        { label: message('page-projects-state-deployed'), fill: 'solid' },
        { label: message('page-projects-state-failed'), fill: 'stripes' },
        { label: message('page-projects-state-cancelled'), fill: 'dots' },
        { label: message('page-account-under-way'), fill: 'open' },
      ]}
      days={days}
    />
  );
}
