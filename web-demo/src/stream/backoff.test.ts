import { expect, it } from 'vitest';
import { backoffMs } from './backoff';

it('doubles up to 30 seconds', () => {
  const longest = [0, 1, 2, 3, 4, 5, 20].map((attempt) => backoffMs(attempt, () => 1));
  expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

it('spreads over the upper half', () => {
  expect(backoffMs(2, () => 0)).toBe(2_000);
  expect(backoffMs(2, () => 0.5)).toBe(3_000);
});
