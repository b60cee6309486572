// What can be sent: in headers, which take no line's end and no letter beyond Latin-1, and in frames, which are asked
// the same so that both transports refuse alike.

import { ApiError } from './error.js';

/** Visible ASCII, as a token and a locale are. */
export function isPlain(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]+$/.test(value);
}

/** Why these can't be sent; what is missing need not be. The values are not told: they may be secrets. */
export function refusalOf(token: unknown, cursor: unknown): ApiError | undefined {
  if (token !== undefined && !isPlain(token)) return new ApiError(401, undefined, undefined, 'the token is no token');
  // A cursor goes as bytes of UTF-8.
  const sendable = cursor === undefined || (typeof cursor === 'string' && !/[\0-\x08\n-\x1f\x7f]/.test(cursor));
  return sendable ? undefined : new ApiError(400, undefined, undefined, 'the cursor is no cursor');
}
