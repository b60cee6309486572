import { describe, expect, it } from 'vitest';
import { whenText } from './when';

const NOW = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60_000;

describe('a time', () => {
  it('that is near is told by its distance, whole units only', () => {
    expect(whenText(NOW - 20_000, NOW, 'en')).toBe('now');
    expect(whenText(NOW - 119_000, NOW, 'en')).toBe('1 minute ago');
    expect(whenText(NOW - 25 * 60 * MINUTE, NOW, 'en')).toBe('yesterday');
    expect(whenText(NOW - 3 * 60 * MINUTE, NOW, 'de')).toBe('vor 3 Stunden');
  });

  it('that is a week away is a date, with Latin digits in Arabic too', () => {
    expect(whenText(NOW - 8 * 24 * 60 * MINUTE, NOW, 'en')).toBe('Jan 7, 2026');
    expect(whenText(NOW - 8 * 24 * 60 * MINUTE, NOW, 'ar')).toMatch(/2026/);
  });
});
