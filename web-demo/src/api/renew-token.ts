// A fresh token for a stream that outlives the one it was started with.

import { ApiError, request } from '@buildcast/client';
import { readSession } from './session';

/** Rejects with an `ApiError` where this server does not sign for the page, which no other attempt will change. */
export async function renewToken(buildId: string): Promise<string> {
  const asked = await readSession();
  if (asked.kind === 'silent') throw new Error('the server is silent');
  if (asked.kind === 'closed') throw new ApiError(401, undefined);
  const body = { userId: asked.session.userId, builds: [buildId] };
  return (await request('post', '/v1/stream-tokens', { baseUrl: 'demo', body })).streamToken;
}
