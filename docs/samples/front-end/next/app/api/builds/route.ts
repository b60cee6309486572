// POST /api/builds: starts a build of one page. The answer holds the stream's address and a token for it.

import { ask, currentUser } from '../../../lib/buildcast';

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export async function POST(request: Request): Promise<Response> {
  const { heading } = (await request.json()) as { heading?: unknown };
  const text = escaped(String(heading ?? 'Hello').slice(0, 100));
  const templateFiles = { 'index.html': `<!doctype html><html lang="en"><title>${text}</title><h1>${text}</h1></html>` };
  return ask('POST', '/v1/builds', { userId: await currentUser(), name: 'From the guide', templateFiles });
}
