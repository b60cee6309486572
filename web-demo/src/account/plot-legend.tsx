// What the fills of a plot's bars stand for.

import { useId } from 'react';
import type { Series } from './bar-plot';
import { fillOf, FillPatterns } from './plot-fill';

export function PlotLegend({ series }: { series: readonly Series[] }) {
  const id = useId();
  return (
    <ul className="plot-legend">
      {series.map(({ label, fill }) => (
        <li key={label}>
          <svg width="18" height="18" aria-hidden="true">
            <FillPatterns prefix={`${id}-${fill}`} />
            <rect className={`plot-bar plot-${fill}`} fill={fillOf(`${id}-${fill}`, fill)} x="1" y="1" width="16" height="16" />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
