// The events of a build, oldest first, in a box of fixed height that follows its end.
// As a live region it speaks when a step starts or ends: progress lines are silent, the
// history of a reload is held back by aria-busy, and params stay inside closed details.

import { useLayoutEffect, useRef } from 'react';
import { message } from '../messages/catalogue';
import { EventLine } from './event-line';
import type { LogLine } from './timeline';

interface EventLogProps {
  lines: LogLine[];
  eventCount: number;
  /** History is arriving. */
  replaying: boolean;
  waiting: boolean;
}

/** Nearer to the end than this, in pixels, the box goes on following. */
const NEAR_END = 48;

export function EventLog({ lines, eventCount, replaying, waiting }: EventLogProps) {
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);

  useLayoutEffect(() => {
    const element = box.current;
    if (element && following.current) element.scrollTop = element.scrollHeight;
  }, [eventCount]);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    following.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
  };

  return (
    <section className="events" aria-labelledby="events-heading">
      <div className="events-head">
        <h3 id="events-heading">{message('page-events-heading')}</h3>
        <span className="quiet-text">{message('page-events-count', { count: eventCount })}</span>
      </div>
      <div
        ref={box}
        className="event-log"
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-busy={replaying && eventCount > 0}
        aria-labelledby="events-heading"
        tabIndex={0}
        onScroll={onScroll}
      >
        {lines.length === 0 && (
          <p className="quiet-text">{message(waiting ? 'page-events-waiting' : 'page-events-none')}</p>
        )}
        {lines.map((line) => <EventLine key={line.key} line={line} />)}
      </div>
    </section>
  );
}
