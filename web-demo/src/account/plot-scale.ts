// Where the bars of a plot stand, in pixels from the edge where a line of text begins. Pure.

/** Whole numbers from nought to what holds the highest value, evenly apart; at most `most` steps. */
export function countTicks(highest: number, most = 4): number[] {
  const step = niceStep(Math.max(1, highest) / most);
  const steps = Math.max(1, Math.ceil(highest / step));
  return Array.from({ length: steps + 1 }, (_, at) => at * step);
}

/** The smallest of 1, 2, 5 times a power of ten that is no smaller; never below 1, as what is counted is whole. */
function niceStep(least: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(least)));
  const factor = [1, 2, 5, 10].find((each) => each * power >= least) ?? 10;
  return factor * power;
}

/** The places of the days that are named: the last always, the others as far apart as their names need. */
export function namedDays(days: number, length: number, nameLength: number): number[] {
  if (days === 0) return [];
  const apart = Math.max(1, Math.ceil(nameLength / (length / days)));
  const places = [];
  for (let at = days - 1; at >= 0; at -= apart) places.unshift(at);
  return places;
}

export interface Bar {
  day: number;
  series: number;
  offset: number;
  breadth: number;
  /** From the top of the plot's inside. */
  top: number;
  height: number;
}

export interface Inside {
  /** Along the days. */
  length: number;
  height: number;
  /** The value at the top. */
  highest: number;
}

/** The parts of each day's bar, the first series at the bottom; nothing for a part of nought. */
export function stackedBars(values: readonly (readonly number[])[], { length, height, highest }: Inside): Bar[] {
  const slot = length / Math.max(1, values.length);
  // A gap that can be seen, but at 90 days on a phone still a bar.
  const gap = Math.min(slot * 0.3, 12);
  const scale = height / highest;
  return values.flatMap((parts, day) => {
    let below = 0;
    return parts.flatMap((value, series) => {
      const bottom = below;
      below += value;
      if (value <= 0) return [];
      return [{ day, series, offset: day * slot + gap / 2, breadth: slot - gap, top: height - below * scale, height: (below - bottom) * scale }];
    });
  });
}
