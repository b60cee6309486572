// POST /api/builds/{id}/token: a new token for the stream of a build of this user's; another's build is 404.

import { ask, currentUser } from '../../../../../lib/buildcast';

export async function POST(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  return ask('POST', '/v1/stream-tokens', { userId: await currentUser(), builds: [id] });
}
