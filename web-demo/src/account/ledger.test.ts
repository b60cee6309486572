import { describe, expect, test } from 'vitest';
import { actorOf, balancesAfter, heldBy, withOlder, type Entry } from './ledger';

function entry(kind: Entry['kind'], amount: number, reservationId?: string): Entry {
  const id = `${kind}${amount}${reservationId ?? ''}`;
  return { id, kind, amount, bucket: 'paid', requestId: 'r', createdAt: '2026-01-15T10:30:00.000Z', ...(reservationId === undefined ? {} : { reservationId }) };
}

describe('the lines of a ledger', () => {
  test('leave what the newer ones found', () => {
    const lines = [entry('charge', -120), entry('credit', 1000), entry('welcome', 50)];
    expect(balancesAfter(lines, 930)).toEqual([930, 1050, 50]);
    expect(balancesAfter([], 7)).toEqual([]);
  });

  test('set aside what no end has given back, over every bucket', () => {
    const lines = [entry('hold', -5, 'c'), entry('expire', 9, 'b'), entry('hold', -20, 'a'), entry('hold', -30, 'a'), entry('hold', -9, 'b')];
    expect(heldBy(lines)).toEqual({ reservations: new Set(['c', 'a']), credits: 55 });
  });

  test('set nothing aside where a charge followed the release', () => {
    const lines = [entry('charge', -4, 'a'), entry('release', 10, 'a'), entry('hold', -10, 'a')];
    expect(heldBy(lines)).toEqual({ reservations: new Set(), credits: 0 });
  });

  test('come once, in whatever pages they come', () => {
    const [first, second, third] = [entry('gift', 3), entry('gift', 2), entry('gift', 1)];
    expect(withOlder([first, second], [second, third])).toEqual([first, second, third]);
  });
});

describe('who wrote a line', () => {
  test.each([
    ['api', { kind: 'api', name: null }],
    ['api:support: jane', { kind: 'api', name: 'support: jane' }],
    ['command:root', { kind: 'command', name: 'root' }],
    ['build', { kind: 'build', name: null }],
    ['build:x', { kind: 'other', name: 'build:x' }],
    ['somebody new', { kind: 'other', name: 'somebody new' }],
  ])('%s', (text, actor) => expect(actorOf(text)).toEqual(actor));
});
