// A reverse proxy as an administrator sets one up: below a path of another host, with the path taken off before the server sees it.

import { createServer, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface SubPath {
  /** Where the page is, without a slash at the end. */
  address: string;
  /** The server that answers; it is told its address before it is there. */
  passTo(server: string): void;
  close(): Promise<void>;
}

/** Serves below `path`; bodies go through as they come, `Host` and `Origin` as the browser said them. */
export async function serveBelow(path: string): Promise<SubPath> {
  let hostname = '127.0.0.1';
  let port = '0';
  const open = new Set<Duplex>();
  const inner = (incoming: IncomingMessage) => (incoming.url?.startsWith(`${path}/`) ? incoming.url.slice(path.length) : null);

  const proxy = createServer((incoming, outgoing) => {
    const rest = inner(incoming);
    if (rest === null) return void outgoing.writeHead(404).end('not below the path');
    const passed = request({ hostname, port, path: rest, method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      // The head goes out before the first event does.
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  proxy.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  proxy.on('upgrade', (incoming: IncomingMessage, socket: Duplex, first: Buffer) => {
    const rest = inner(incoming);
    if (rest === null) return void socket.destroy();
    const server = connect(Number(port), hostname, () => {
      const lines: string[] = [];
      for (let at = 0; at < incoming.rawHeaders.length; at += 2) lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
      server.write(`GET ${rest} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      server.write(first);
      server.pipe(socket).pipe(server);
    });
    for (const [one, other] of [[server, socket], [socket, server]] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });

  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${path}`,
    passTo: (server) => ({ hostname, port } = new URL(server)),
    close: async () => {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
