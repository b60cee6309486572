// The time of day, to the second, in the page's language.

import { intlTag } from './bundle';
import type { Locale } from './locales';

const clocks = new Map<Locale, Intl.DateTimeFormat>();

export function clockTime(at: Date, locale: Locale): string {
  let clock = clocks.get(locale);
  if (!clock) {
    clock = new Intl.DateTimeFormat(intlTag(locale), { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
    clocks.set(locale, clock);
  }
  return clock.format(at);
}
