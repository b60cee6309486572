/** Half of the mean tide's period, in milliseconds. */
const HALF_TIDE_MS = 6.21 * 3_600_000;

/** The turning points of the day, by the mean period alone. */
export function tidesOf(day) {
  const midnight = new Date(day).setHours(0, 0, 0, 0);
  const first = Math.ceil(midnight / HALF_TIDE_MS);
  return [0, 1, 2, 3].map((step) => ({
    high: (first + step) % 2 === 0,
    time: new Date((first + step) * HALF_TIDE_MS).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
  }));
}
