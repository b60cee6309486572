// The page's own backend: node server.mjs. It serves the page, starts builds and gets tokens for their streams.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { ask } from './buildcast.mjs';

const PAGES = { '/': ['index.html', 'text/html'], '/build.js': ['build.js', 'text/javascript'] };
const BODY_MAX = 1 << 20;

/** Who is logged in. Take it from your session; never from what the browser says. */
const userOf = (request) => 'user_1';

/** What the browser sent is of no use; it is told so. */
class BadRequest extends Error {}

/** Starts a build of one page with this heading. */
async function start(request) {
  const body = await jsonOf(request);
  if (typeof body?.heading !== 'string') throw new BadRequest('A heading is missing.');
  const text = body.heading.slice(0, 100).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const templateFiles = { 'index.html': `<!doctype html><html lang="en"><title>${text}</title><h1>${text}</h1></html>` };
  return ask('POST', '/v1/builds', { userId: userOf(request), name: 'From the guide', templateFiles });
}

/** A token for the stream of a build of this user's; another's build is 404. */
const token = (request, buildId) => ask('POST', '/v1/stream-tokens', { userId: userOf(request), builds: [buildId] });

async function jsonOf(request) {
  let text = '';
  for await (const piece of request) {
    text += piece;
    if (text.length > BODY_MAX) throw new BadRequest('The body is too large.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest('The body is not JSON.');
  }
}

createServer(async (request, response) => {
  try {
    const [, buildId] = /^\/api\/builds\/([\w-]+)\/token$/.exec(request.url) ?? [];
    const page = request.method === 'GET' && PAGES[request.url.split('?')[0]];
    if (page) {
      response.setHeader('content-type', page[1]).end(await readFile(new URL(page[0], import.meta.url)));
    } else if (request.method === 'POST' && (buildId || request.url === '/api/builds')) {
      const answer = await (buildId ? token(request, buildId) : start(request));
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    } else {
      response.writeHead(404).end();
    }
  } catch (fault) {
    if (fault instanceof BadRequest) {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ message: fault.message }));
      return;
    }
    console.error(fault);
    response.writeHead(502, { 'content-type': 'application/json' }).end('{"message":"The build service does not answer."}');
  }
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', function () {
  console.log(`http://127.0.0.1:${this.address().port}`);
});
