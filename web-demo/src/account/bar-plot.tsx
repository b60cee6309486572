// Bars by day, mirrored where the language is written from right to left; its figures are a table too.

import { useId, useRef } from 'react';
import { intlTag } from '../messages/bundle';
import { message } from '../messages/catalogue';
import { LOCALES, type Locale } from '../messages/locales';
import { useLocale } from '../messages/use-locale';
import { dayText } from './days';
import { countTicks, namedDays, stackedBars } from './plot-scale';
import { fillOf, FillPatterns, type Fill } from './plot-fill';
import { PlotLegend } from './plot-legend';
import { PlotTable } from './plot-table';
import { useWidth } from './use-width';

export interface Series {
  label: string;
  fill: Fill;
}

export interface PlotDay {
  /** `YYYY-MM-DD`. */
  day: string;
  /** One for each series. */
  values: number[];
}

interface BarPlotProps {
  heading: string;
  /** What the plot says, for those who don't see it. */
  summary: string;
  /** Under the heading; where nothing is shown, that. */
  note: string;
  series: readonly Series[];
  days: readonly PlotDay[];
}

const HEIGHT = 220;
const ABOVE = 12;
const BELOW = 28;
const BEYOND = 4;
/** An estimate of a letter's breadth, and of a day's name. */
const LETTER = 7.5;
const NAME = 68;

export function BarPlot({ heading, summary, note, series, days }: BarPlotProps) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  return (
    <section className="card plot" aria-labelledby={`${id}-heading`}>
      <h4 id={`${id}-heading`}>{heading}</h4>
      <p className="quiet-text plot-note">{note}</p>
      <div className="plot-frame" ref={frame}>
        {width > 0 && <Drawing prefix={id} width={width} summary={summary} series={series} days={days} />}
      </div>
      {series.length > 1 && <PlotLegend series={series} />}
      <PlotTable heading={heading} series={series} days={days} />
    </section>
  );
}

interface DrawingProps extends Pick<BarPlotProps, 'summary' | 'series' | 'days'> {
  prefix: string;
  width: number;
}

function Drawing({ prefix, width, summary, series, days }: DrawingProps) {
  const locale = useLocale();
  const rightToLeft = isRightToLeft(locale);
  const ticks = countTicks(Math.max(0, ...days.map(({ values }) => sumOf(values))));
  const names = ticks.map((tick) => new Intl.NumberFormat(intlTag(locale), { notation: 'compact' }).format(tick));
  const start = 10 + Math.max(...names.map((name) => name.length)) * LETTER;
  const inside = { length: Math.max(1, width - start - BEYOND), height: HEIGHT - ABOVE - BELOW, highest: ticks.at(-1) ?? 1 };
  /** The left edge of what begins so far from the start of a line, and is so broad. */
  const left = (offset: number, breadth = 0) => (rightToLeft ? width - offset - breadth : offset);
  const slot = inside.length / Math.max(1, days.length);
  // The last name may be moved by half of its length, towards the one before it.
  const named = namedDays(days.length, inside.length, NAME * 1.5);
  return (
    <svg role="img" aria-label={summary} width={width} height={HEIGHT}>
      <FillPatterns prefix={prefix} />
      {ticks.map((tick, at) => {
        const y = ABOVE + inside.height * (1 - tick / inside.highest);
        return (
          <g key={tick}>
            <line className={tick === 0 ? 'plot-ground' : 'plot-line'} x1={left(start)} x2={left(width - BEYOND)} y1={y} y2={y} />
            <text className="plot-name" x={left(start - 6)} y={y + 4} textAnchor="end">{names[at]}</text>
          </g>
        );
      })}
      {stackedBars(days.map(({ values }) => values), inside).map(({ day, series: at, offset, breadth, top, height }) => {
        const fill = series[at]?.fill ?? 'solid';
        return (
          <rect
            key={`${days[day]?.day}-${at}`}
            className={`plot-bar plot-${fill}`}
            fill={fillOf(prefix, fill)}
            x={left(start + offset, breadth)}
            y={ABOVE + top}
            width={breadth}
            height={height}
          >
            <title>{`${dayText(days[day]?.day ?? '', locale)} · ${series[at]?.label}: ${countText(days[day]?.values[at] ?? 0, locale)}`}</title>
          </rect>
        );
      })}
      {named.map((at) => {
        const middle = start + slot * (at + 0.5);
        // A name that would be cut off ends where the plot does.
        const last = middle + NAME / 2 > width;
        return (
          <text key={at} className="plot-name" x={left(last ? width - BEYOND : middle)} y={HEIGHT - 8} textAnchor={last ? 'end' : 'middle'}>
            {dayText(days[at]?.day ?? '', locale, 'short')}
          </text>
        );
      })}
    </svg>
  );
}

/** What a plot says in a sentence: of when it is, how much there was, and on which day the most. */
export function summaryOf(heading: string, days: readonly PlotDay[], locale: Locale, counted: (count: number) => string): string {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return heading;
  const total = days.reduce((sum, { values }) => sum + sumOf(values), 0);
  const top = days.reduce((best, day) => (sumOf(day.values) > sumOf(best.values) ? day : best), first);
  const args = { heading, from: dayText(first.day, locale), to: dayText(last.day, locale), total: counted(total) };
  if (total === 0) return message('page-account-plot-empty', args);
  return message('page-account-plot-summary', { ...args, day: dayText(top.day, locale), most: counted(sumOf(top.values)) });
}

function isRightToLeft(locale: Locale): boolean {
  return LOCALES.find((each) => each.locale === locale)?.direction === 'rtl';
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function countText(count: number, locale: Locale): string {
  return new Intl.NumberFormat(intlTag(locale)).format(count);
}
