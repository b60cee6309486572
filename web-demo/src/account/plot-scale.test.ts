import { describe, expect, test } from 'vitest';
import { countTicks, namedDays, stackedBars } from './plot-scale';

describe('the axis of counts', () => {
  test.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [4, [0, 1, 2, 3, 4]],
    [5, [0, 2, 4, 6]],
    [120, [0, 50, 100, 150]],
    [4096, [0, 2000, 4000, 6000]],
    [1e12, [0, 5e11, 1e12]],
  ])('up to %d', (highest, ticks) => expect(countTicks(highest)).toEqual(ticks));

  test('has whole numbers, room for the highest, and few steps, whatever that is', () => {
    for (let highest = 0; highest < 3_000; highest += 7) {
      const ticks = countTicks(highest);
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest);
      expect(ticks.length).toBeLessThanOrEqual(5);
    }
  });
});

describe('the axis of days', () => {
  test('names the last and as many others as there is room for', () => {
    expect(namedDays(7, 700, 60)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(namedDays(7, 280, 60)).toEqual([0, 2, 4, 6]);
    expect(namedDays(90, 240, 60)).toEqual([20, 43, 66, 89]);
    expect(namedDays(0, 240, 60)).toEqual([]);
  });
});

describe('the bars', () => {
  const inside = { length: 100, height: 60, highest: 6 };

  test('stand on each other, the first series at the bottom', () => {
    const bars = stackedBars([[2, 0, 1], [0, 0, 0]], inside);
    expect(bars).toEqual([
      { day: 0, series: 0, offset: 6, breadth: 38, top: 40, height: 20 },
      { day: 0, series: 2, offset: 6, breadth: 38, top: 30, height: 10 },
    ]);
  });

  test('of 90 days have a breadth on a phone, and stay inside', () => {
    const bars = stackedBars(Array.from({ length: 90 }, () => [6]), { ...inside, length: 240 });
    expect(bars).toHaveLength(90);
    for (const { offset, breadth, top, height } of bars) {
      expect(breadth).toBeGreaterThan(1.5);
      expect(offset + breadth).toBeLessThanOrEqual(240);
      expect([top, height]).toEqual([0, 60]);
    }
  });
});
