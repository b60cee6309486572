import { expect, it } from 'vitest';
import { isOther } from './renewed';

const page = (script: string) => `<!doctype html><script type="module" crossorigin src="${script}"></script>`;

it('a page that begins with another script is another one; an answer that is no page says nothing', () => {
  expect(isOther('./assets/index-a1.js', page('./assets/index-a1.js'))).toBe(false);
  expect(isOther('./assets/index-a1.js', page('./assets/index-b2.js'))).toBe(true);
  expect(isOther('./assets/index-a1.js', '<h1>Try later</h1>')).toBe(false);
});
