// What a line of the record says that is no event, in the page's language.

import { message } from '../messages/catalogue';
import { errorText } from '../messages/error-text';
import type { Note } from './stream-record';

/** Notes of what should not have happened. */
export const ODD: ReadonlySet<Note['kind']> = new Set(['reset', 'reconnecting', 'refused', 'malformed', 'missed', 'late', 'doubled']);

export function noteText(note: Note): string {
  switch (note.kind) {
    case 'opening': {
      const transport = transportName(note.transport);
      return note.cursor === null
        ? message('page-qa-note-opening', { transport })
        : message('page-qa-note-resuming', { transport, cursor: note.cursor });
    }
    case 'connection':
      return message(note.replay ? 'page-qa-note-connection-replay' : 'page-qa-note-connection', { locale: note.locale });
    case 'live':
      return message('page-qa-note-live');
    case 'reset':
      return message('page-qa-note-reset', { reason: note.reason });
    case 'reconnecting': {
      const why = note.error ? ` ${errorText(note.error)}` : '';
      return message('page-qa-note-reconnecting', { seconds: note.seconds }) + why;
    }
    case 'refused':
      return `${message('page-qa-note-refused', { code: note.error.code })} ${errorText(note.error)}`;
    case 'malformed':
      return message('page-qa-note-malformed', { data: note.data });
    case 'cut':
      return message('page-qa-note-cut');
    case 'ended':
      return message('page-qa-note-ended');
    case 'stepped':
      return message('page-qa-note-stepped', { seq: note.seq });
    case 'missed':
      return message('page-qa-note-missed', { first: note.first, last: note.last });
    case 'late':
      return message('page-qa-note-late', { seq: note.seq });
    case 'doubled':
      return message('page-qa-note-doubled', { seq: note.seq });
  }
}

export function transportName(transport: string): string {
  return transport === 'sse' ? message('page-qa-transport-sse') : message('page-qa-transport-websocket');
}
