import { expect, test } from 'vitest';
import { dayText, firstDay } from './days';

test('the days end with today in UTC, and the first counts', () => {
  expect(firstDay(1, Date.parse('2026-03-01T00:00:00Z'))).toBe('2026-03-01');
  expect(firstDay(30, Date.parse('2026-03-01T23:59:59Z'))).toBe('2026-01-31');
});

test('a day is named as itself, wherever the reader is', () => {
  expect(dayText('2026-01-31', 'en')).toBe('Jan 31, 2026');
  expect(dayText('2026-01-31', 'en', 'short')).toBe('Jan 31');
  expect(dayText('2026-01-31', 'ar', 'short')).toBe('31 يناير');
});
