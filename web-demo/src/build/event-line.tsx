// One line of the log: time, message and code; its params when it is opened.

import type { BuildEvent } from '@buildcast/client';
import { memo, useState } from 'react';
import { message, messageArgs } from '../messages/catalogue';
import { clockTime } from '../messages/clock';
import { useLocale } from '../messages/use-locale';
import type { LogLine } from './timeline';

/** Up to so many events have their params drawn before the line is opened. */
const DRAWN_CLOSED = 20;

export const EventLine = memo(function EventLine({ line }: { line: LogLine }) {
  const locale = useLocale();
  // A browser's search finds what is closed; but hundreds of events in one line are hundreds of tables.
  const [open, setOpen] = useState(false);
  const last = line.events.at(-1) ?? line.events[0];
  const at = new Date(last.params.timestamp);
  // The end is spoken by the outcome above, progress not at all.
  const silent = last.event_type === 'progress' || last.finished;
  return (
    <details className="event" data-type={last.event_type} data-code={last.code} aria-live={silent ? 'off' : undefined} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <time dateTime={at.toISOString()}>{clockTime(at, locale)}</time>
        <span className="event-message">{message(last.code, messageArgs(last.params))}</span>
        <code className="event-code">{last.code}</code>
        {line.events.length > 1 && (
          <span className="event-times">
            <span aria-hidden="true">×{line.events.length}</span>
            <span className="unseen">{message('page-events-repeated', { count: line.events.length })}</span>
          </span>
        )}
        <svg className="event-chevron" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M6 4l4 4-4 4" /></svg>
      </summary>
      {(open || line.events.length <= DRAWN_CLOSED) && line.events.map((event) => <Params key={event.id} event={event} />)}
    </details>
  );
});

function Params({ event }: { event: BuildEvent }) {
  return (
    <dl className="params" aria-label={message('page-events-params', { code: event.code })}>
      <div className="params-title"><dt>{message('page-event-number', { seq: event.seq })}</dt><dd>{event.id}</dd></div>
      {Object.entries(event.params).map(([name, value]) => (
        <div key={name}><dt>{name}</dt><dd>{JSON.stringify(value)}</dd></div>
      ))}
    </dl>
  );
}
