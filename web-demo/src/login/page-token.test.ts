import { describe, expect, it } from 'vitest';
import { tokenIn, userOf } from './page-token';

const tokenOf = (claims: unknown) => `aGVhZA.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.dGFn`;

describe('a page token', () => {
  it('is found in an address, and alone', () => {
    const token = tokenOf({ sub: 'ann' });
    for (const text of [token, `  ${token}\n`, `https://page.example.com/tools/#/login/${token}`]) expect(tokenIn(text)).toBe(token);
    for (const text of ['', 'https://page.example.com/', 'a.b', 'a b.c.d', `${token}?x`]) expect(tokenIn(text)).toBeNull();
  });

  it('says for whom it is', () => {
    expect(userOf(tokenOf({ sub: 'ann' }))).toBe('ann');
    expect(userOf(tokenOf({ sub: '½¾>>>???' }))).toBe('½¾>>>???');
    for (const odd of [tokenOf({}), tokenOf({ sub: 1 }), tokenOf(null), tokenOf([]), 'a.b.c', 'a.%.c', '', 'a']) expect(userOf(odd), odd).toBeNull();
  });
});
