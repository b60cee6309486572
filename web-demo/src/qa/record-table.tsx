// What came, oldest first, in a box of fixed height that follows its end. Rows are drawn once: each group of them is one part.

import { memo, useLayoutEffect, useRef } from 'react';
import { intlTag } from '../messages/bundle';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import { noteText, ODD } from './note-text';
import type { Row, StreamRecord } from './stream-record';

/** Rows of a group. */
const GROUP = 50;
/** Nearer to the end than this, in pixels, the box goes on following. */
const NEAR_END = 48;

export function RecordTable({ record }: { record: StreamRecord }) {
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  useLayoutEffect(() => {
    const element = box.current;
    if (element && following.current) element.scrollTop = element.scrollHeight;
  }, [record]);

  const groups = new Map<number, Row[]>();
  for (const row of record.rows) {
    const group = Math.floor(row.key / GROUP);
    const rows = groups.get(group);
    if (rows) rows.push(row);
    else groups.set(group, [row]);
  }
  return (
    <>
      <p className="quiet-text qa-dropped">
        {record.dropped > 0 ? message('page-qa-dropped', { count: record.dropped }) : message('page-qa-counted-hint')}
      </p>
      <div
        ref={box}
        className="qa-table"
        role="group"
        aria-labelledby="qa-record-heading"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          following.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
        }}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">seq</th>
              <th scope="col">{message('page-qa-column-cursor')}</th>
              <th scope="col">{message('page-qa-column-code')}</th>
              <th scope="col">{message('page-qa-column-offset')}</th>
            </tr>
          </thead>
          {[...groups].map(([group, rows]) => <RowGroup key={group} rows={rows} />)}
        </table>
      </div>
    </>
  );
}

const sameRows = (before: { rows: Row[] }, after: { rows: Row[] }) =>
  before.rows.length === after.rows.length && before.rows[0]?.key === after.rows[0]?.key && before.rows[0] === after.rows[0];

const RowGroup = memo(function RowGroup({ rows }: { rows: Row[] }) {
  const locale = useLocale();
  const seconds = new Intl.NumberFormat(intlTag(locale), { minimumFractionDigits: 3 });
  return (
    <tbody>
      {rows.map((row) =>
        row.note ? (
          <tr key={row.key} className="qa-note" data-note={row.note.kind} data-odd={ODD.has(row.note.kind) || undefined}>
            <td colSpan={4}><bdi>{noteText(row.note)}</bdi></td>
          </tr>
        ) : (
          <tr key={row.key} data-seq={row.seq}>
            <td>{row.seq}</td>
            <td><code>{row.cursor}</code></td>
            <td><code>{row.code}</code></td>
            <td><bdi>{message('page-qa-offset', { seconds: seconds.format(row.offsetMs / 1000) })}</bdi></td>
          </tr>
        ),
      )}
    </tbody>
  );
}, sameRows);
