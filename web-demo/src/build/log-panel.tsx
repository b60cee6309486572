// What the build's commands print, in a box of fixed height that follows its end until
// somebody scrolls up. Only the rows that can be seen are drawn.

import { useLayoutEffect, useRef, useState } from 'react';
import { message } from '../messages/catalogue';
import { droppedBefore, rowsWithin } from './log-lines';
import { LogRow } from './log-row';
import type { WatchedLog } from './use-log';

/** Of a row, in the text's size; as in log.css. */
const ROW_REM = 1.25;
/** Nearer to the end than this, in pixels, the box goes on following. */
const NEAR_END = 24;

export function LogPanel({ log: { lines, state }, waiting }: { log: WatchedLog; waiting: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [view, setView] = useState({ top: 0, height: 400 });
  const rowHeight = ROW_REM * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const dropped = droppedBefore(lines);
  const droppedAtLast = useRef(0);

  const look = () => {
    const element = box.current;
    if (element) setView({ top: element.scrollTop, height: element.clientHeight });
  };

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const gone = Math.max(0, dropped - droppedAtLast.current);
    droppedAtLast.current = dropped;
    if (following) element.scrollTop = element.scrollHeight;
    // What is being read stays where it is while lines above it go.
    else if (gone > 0) element.scrollTop = Math.max(0, element.scrollTop - gone * rowHeight);
    look();
  }, [lines, dropped, following, rowHeight]);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END);
    look();
  };

  const [first, end] = rowsWithin(view.top, view.height, rowHeight, lines.length);
  const empty = state === 'ended' || !waiting ? 'page-log-none' : 'page-log-waiting';
  return (
    <section className="build-log" aria-labelledby="log-heading">
      <div className="events-head">
        <h3 id="log-heading">{message('page-log-heading')}</h3>
        <span className="quiet-text">{message('page-log-count', { count: dropped + lines.length })}</span>
      </div>
      <div
        ref={box}
        className="log-lines"
        role="log"
        // Thousands of lines are nothing to listen to; they can be read one by one.
        aria-live="off"
        aria-labelledby="log-heading"
        tabIndex={0}
        dir={lines.length > 0 ? 'ltr' : undefined}
        onScroll={onScroll}
      >
        {lines.length === 0 && <p className="quiet-text">{message(empty)}</p>}
        <div className="log-height" style={{ height: lines.length * rowHeight }}>
          <div className="log-window" style={{ transform: `translateY(${first * rowHeight}px)` }}>
            {lines.slice(first, end).map((line) => <LogRow key={line.seq} line={line} />)}
          </div>
        </div>
      </div>
      <div className="log-foot">
        <span className="quiet-text">{dropped > 0 && message('page-log-dropped', { count: dropped })}</span>
        <button type="button" className="plain" hidden={following || lines.length === 0} onClick={() => setFollowing(true)}>
          {message('page-log-follow')}
        </button>
      </div>
    </section>
  );
}
