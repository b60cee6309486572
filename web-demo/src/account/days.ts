// Days as the server counts them, in UTC, and how the page names them. Pure.

import { intlTag } from '../messages/bundle';
import type { Locale } from '../messages/locales';

const DAY_MS = 86_400_000;

/** The first of so many days that end with the one of `now`, epoch milliseconds: `YYYY-MM-DD`. */
export function firstDay(days: number, now: number): string {
  return new Date(now - (days - 1) * DAY_MS).toISOString().slice(0, 10);
}

/** `YYYY-MM-DD` in few letters; with the year where `long`. */
export function dayText(day: string, locale: Locale, length: 'short' | 'long' = 'long'): string {
  const year = length === 'long' ? ({ year: 'numeric' } as const) : {};
  return new Intl.DateTimeFormat(intlTag(locale), { day: 'numeric', month: 'short', ...year, timeZone: 'UTC' }).format(Date.parse(day));
}
