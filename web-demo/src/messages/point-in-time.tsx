// A time as people say it, with the exact one at hand.

import { useLocale } from './use-locale';
import { instantText, whenText } from './when';

/** `at` is ISO 8601, `now` epoch milliseconds. */
export function PointInTime({ at, now }: { at: string; now: number }) {
  const locale = useLocale();
  const ms = Date.parse(at);
  return <time dateTime={at} title={instantText(ms, locale)}>{whenText(ms, now, locale)}</time>;
}
