// A number of bytes, in the page's language and in the unit that suits it.

import { intlTag } from './bundle';
import type { Locale } from './locales';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** Units are powers of 1,000, as `Intl` means them. */
export function byteSize(bytes: number, locale: Locale): string {
  // What rounds to a thousand of a unit is one of the next.
  const power = UNITS.findIndex((_, at) => at === UNITS.length - 1 || bytes / 1000 ** at < (at === 0 ? 1000 : 999.95));
  const unit = UNITS[power] ?? 'byte';
  const options = { style: 'unit', unit, unitDisplay: unit === 'byte' ? 'long' : 'short', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(intlTag(locale), options).format(bytes / 1000 ** power);
}
