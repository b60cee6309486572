// The figures of a plot, day by day.

import { intlTag } from '../messages/bundle';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import type { PlotDay, Series } from './bar-plot';
import { dayText } from './days';

interface PlotTableProps {
  heading: string;
  series: readonly Series[];
  days: readonly PlotDay[];
}

export function PlotTable({ heading, series, days }: PlotTableProps) {
  const locale = useLocale();
  const numbers = new Intl.NumberFormat(intlTag(locale));
  return (
    <details className="plot-figures">
      <summary>{message('page-account-figures')}</summary>
      <div className="table-frame" role="group" aria-label={heading} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{message('page-account-column-day')}</th>
              {series.map(({ label }) => <th key={label} scope="col" className="number">{label}</th>)}
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, values }) => (
              <tr key={day}>
                <th scope="row"><time dateTime={day}>{dayText(day, locale)}</time></th>
                {values.map((value, at) => <td key={series[at]?.label} className="number">{numbers.format(value)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
