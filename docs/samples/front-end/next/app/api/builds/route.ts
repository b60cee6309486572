// POST /api/builds: starts a build of one page. The answer holds the stream's address and a token for it.

import { ask, currentUser } from '../../../lib/buildcast';

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export async function POST(request: Request): Promise<Response> {
  const body = (await request.json().catch(() => null)) as { heading?: unknown } | null;
  if (!body) return Response.json({ message: 'Send a JSON object.' }, { status: 400 });
  const text = escaped(String(body.heading ?? 'Hello').slice(0, 100));
  const templateFiles = { 'index.html': `<!doctype html><html lang="en"><title>${text}</title><h1>${text}</h1></html>` };
  return ask('POST', '/v1/builds', { userId: await currentUser(), name: 'From the guide', templateFiles });
}
