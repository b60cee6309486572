// What somebody shows to log in: a page token, or the address that ends with one.

const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The token in a text that somebody pasted; null where there is none. */
export function tokenIn(text: string): string | null {
  const last = text.trim().split('/').at(-1) ?? '';
  return SHAPE.test(last) ? last : null;
}

/** For whom a token says it is, as a question to its user: the server alone knows whether it is true. */
export function userOf(token: string): string | null {
  const claims = token.split('.')[1];
  if (!SHAPE.test(token) || claims === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const user = typeof read === 'object' && read !== null && 'sub' in read ? read.sub : null;
    return typeof user === 'string' ? user : null;
  } catch {
    return null;
  }
}
