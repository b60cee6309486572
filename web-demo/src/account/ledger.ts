// What the lines of a ledger say together: what was left after each, and what is set aside. Pure.

import type { components } from '@buildcast/client';

export type Entry = components['schemas']['EntryView'];

/** What was left after each line, credits; `total` is what the newest of them left, and they are newest first. */
export function balancesAfter(entries: readonly Entry[], total: number): number[] {
  let left = total;
  return entries.map(({ amount }) => {
    const after = left;
    left -= amount;
    return after;
  });
}

/** The reservations that set something aside which has not come back, and how many credits that is. */
export function heldBy(entries: readonly Entry[]): { reservations: ReadonlySet<string>; credits: number } {
  const ended = new Set<string>();
  const reservations = new Set<string>();
  let credits = 0;
  // Newest first: an end comes before what it ends.
  for (const { kind, reservationId, amount } of entries) {
    if (reservationId === undefined) continue;
    if (kind === 'release' || kind === 'expire') ended.add(reservationId);
    if (kind !== 'hold' || ended.has(reservationId)) continue;
    reservations.add(reservationId);
    credits -= amount;
  }
  return { reservations, credits };
}

export type ActorKind = 'api' | 'build' | 'expiry' | 'sweep' | 'command';
export type Actor = { kind: ActorKind; name: string | null } | { kind: 'other'; name: string };

/** Who wrote a line: `api:NAME` is a request that named somebody. A word that is not known stays as it is. */
export function actorOf(text: string): Actor {
  const colon = text.indexOf(':');
  const word = colon < 0 ? text : text.slice(0, colon);
  const name = colon < 0 ? null : text.slice(colon + 1);
  switch (word) {
    case 'api':
    case 'command':
      return { kind: word, name };
    case 'build':
    case 'expiry':
    case 'sweep':
      return name === null ? { kind: word, name } : { kind: 'other', name: text };
    default:
      return { kind: 'other', name: text };
  }
}

/** Older lines behind newer ones; one that is there already comes once. */
export function withOlder(entries: readonly Entry[], older: readonly Entry[]): Entry[] {
  const ids = new Set(entries.map(({ id }) => id));
  return [...entries, ...older.filter(({ id }) => !ids.has(id))];
}
