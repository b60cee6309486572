// A fresh token for a stream that outlives the one it was started with.

import { ApiError } from '@buildcast/client';
import { ask } from './ask';
import { readSession } from './session';

/** Rejects with an `ApiError` where this server does not sign for the page, which no other attempt will change. */
export async function renewToken(buildId: string): Promise<string> {
  const asked = await readSession();
  if (asked.kind === 'silent') throw new Error('the server is silent');
  if (asked.kind !== 'open') throw new ApiError(401, undefined);
  return (await ask('post', '/v1/stream-tokens', { body: { userId: asked.userId, builds: [buildId] } })).streamToken;
}
