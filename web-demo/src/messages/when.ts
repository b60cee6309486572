// When something was, in the page's language: near times by their distance, others by their date.

import { intlTag } from './bundle';
import type { Locale } from './locales';

const SECOND = 1000;
const STEPS = [
  { unit: 'day', ms: 86_400 * SECOND },
  { unit: 'hour', ms: 3_600 * SECOND },
  { unit: 'minute', ms: 60 * SECOND },
] as const;
/** Further away, in milliseconds, a date says more than a count of days. */
const NEAR_MS = 7 * 86_400 * SECOND;

/** `now` and `at` are epoch milliseconds. */
export function whenText(at: number, now: number, locale: Locale): string {
  const distance = Math.abs(now - at);
  if (distance >= NEAR_MS) return dateText(at, locale);
  const relative = new Intl.RelativeTimeFormat(intlTag(locale), { numeric: 'auto' });
  const step = STEPS.find(({ ms }) => distance >= ms);
  if (!step) return relative.format(0, 'second');
  return relative.format(Math.sign(at - now) * Math.floor(distance / step.ms), step.unit);
}

/** The date alone. */
export function dateText(at: number, locale: Locale): string {
  return new Intl.DateTimeFormat(intlTag(locale), { dateStyle: 'medium' }).format(at);
}

/** Date and time of day. */
export function instantText(at: number, locale: Locale): string {
  return new Intl.DateTimeFormat(intlTag(locale), { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}
