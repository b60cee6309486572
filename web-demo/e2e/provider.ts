// A provider of code on this machine: it speaks the Messages API, and answers as a test tells it.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Files by their paths; a text that may be none; the word with which the provider stops; a status of its own. */
export type Reply = { files: Record<string, string | null> } | { says: string } | { stops: string } | { status: number };

/** What the server has sent of a start. */
export interface Asked {
  request: string;
  files: { path: string; content?: string }[];
}

export interface Provider {
  url: string;
  asked: Asked[];
  /** Gives the reply to whatever is asked from now on, as soon as it is there. */
  replies: (reply: Reply | Promise<Reply>) => void;
  close: () => Promise<void>;
}

/** What lets a server ask this provider. */
export function settingsOf({ url }: Provider): Record<string, string> {
  return { CODE_GENERATOR: 'anthropic', CODE_GENERATOR_URL: url, CODE_GENERATOR_KEY: 'a-key', CODE_GENERATOR_MODEL: 'a-model' };
}

export async function startProvider(): Promise<Provider> {
  const asked: Asked[] = [];
  let reply: Reply | Promise<Reply> = { status: 500 };
  const server = createServer(async (request, response) => {
    const { messages } = JSON.parse(await text(request)) as { messages: [{ content: string }] };
    asked.push(JSON.parse(messages[0].content) as Asked);
    answer(response, await reply);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    replies: (next) => {
      reply = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, reply: Reply): void {
  if ('status' in reply) {
    response.writeHead(reply.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'no' } }));
    return;
  }
  const said = 'says' in reply ? reply.says : JSON.stringify({ files: 'files' in reply ? reply.files : {} });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of [
    { type: 'message_start', message: { usage: { input_tokens: 11 } } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: said } },
    { type: 'message_delta', delta: { stop_reason: 'stops' in reply ? reply.stops : 'end_turn' }, usage: { output_tokens: 22 } },
    { type: 'message_stop' },
  ]) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
}
