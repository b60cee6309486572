// One line of the log: when, and what was printed.

import type { LogLine } from '@buildcast/client';
import { memo } from 'react';
import { clockTime } from '../messages/clock';
import { useLocale } from '../messages/use-locale';
import { plainText } from './log-lines';

export const LogRow = memo(function LogRow({ line }: { line: LogLine }) {
  const locale = useLocale();
  const at = new Date(line.timestamp);
  return (
    <div className="log-row" data-stream={line.stream}>
      <time dateTime={at.toISOString()}>{clockTime(at, locale)}</time>
      <samp className="log-text">{plainText(line.text)}</samp>
    </div>
  );
});
