import { expect, it } from 'vitest';
import { byteSize } from './byte-size';

it('a size has the unit that suits it', () => {
  expect(byteSize(0, 'en')).toBe('0 bytes');
  expect(byteSize(999, 'en')).toBe('999 bytes');
  expect(byteSize(1_500, 'en')).toBe('1.5 kB');
  expect(byteSize(999_960, 'en')).toBe('1 MB');
  expect(byteSize(15_728_640, 'de')).toBe('15,7 MB');
  expect(byteSize(5e12, 'en')).toBe('5,000 GB');
});
