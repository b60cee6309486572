import { describe, expect, it } from 'vitest';
import { boundsOfDate, clockAheadOf } from './clock-skew';

const DATE = 'Wed, 01 Jan 2025 00:00:10 GMT';
const AT = Date.parse(DATE);
const HOUR = 3_600_000;

describe('the skew of a clock', () => {
  it('is none where nothing is known, and that of a live event where nothing else is', () => {
    expect(clockAheadOf(null, null)).toBe(0);
    expect(clockAheadOf(3 * HOUR + 40, null)).toBe(3 * HOUR + 40);
  });

  it('is none for a clock that an answer does not prove wrong, however late the events come', () => {
    const told = boundsOfDate(DATE, AT + 900, AT + 960);
    expect(clockAheadOf(null, told)).toBe(0);
    expect(clockAheadOf(700, told)).toBe(0);
  });

  it.each([3 * HOUR, -3 * HOUR])('is known to the half second from an answer, and better from a live event: %d', (ahead) => {
    const told = boundsOfDate(DATE, AT + 400 + ahead, AT + 460 + ahead);
    expect(Math.abs(clockAheadOf(null, told) - ahead)).toBeLessThanOrEqual(560);
    expect(clockAheadOf(ahead + 40, told)).toBe(ahead + 40);
  });

  it('is no more than an answer leaves possible, where the live events were held up', () => {
    const told = boundsOfDate(DATE, AT + 400 + HOUR, AT + 460 + HOUR);
    expect(clockAheadOf(HOUR + 9_000, told)).toBe(HOUR + 460);
  });

  it('is not read from an answer without a date', () => {
    expect(boundsOfDate(null, AT, AT)).toBeNull();
    expect(boundsOfDate('yesterday', AT, AT)).toBeNull();
  });
});
