import { expect, it } from 'vitest';
import { keptUntilForgotten, ViewMissing } from './lazy-view';

it('a view is loaded once', async () => {
  let loads = 0;
  const coming = keptUntilForgotten(async () => (loads += 1));
  expect([await coming(), await coming()]).toEqual([1, 1]);
});

it('a view that could not be had stays missing until that is forgotten', async () => {
  let loads = 0;
  const coming = keptUntilForgotten(async () => {
    loads += 1;
    if (loads === 1) throw new TypeError('cut');
    return loads;
  });
  const missing: unknown = await coming().catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(ViewMissing);
  await expect(coming()).rejects.toBe(missing);
  (missing as ViewMissing).forget();
  expect(await coming()).toBe(2);
});
