// The golden recordings, and `buildcast replay` that plays them on a free port.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { BINARY } from './server';

const FOLDER = resolve(import.meta.dirname, '../../tests/golden');

/** An event as a stream has it: its cursor, and its bytes as text. */
export interface Item {
  id: string;
  data: string;
}

export interface Golden {
  name: string;
  path: string;
  buildId: string;
  items: Item[];
}

export const goldens: Golden[] = readdirSync(FOLDER).filter((name) => name.endsWith('.ndjson')).map((name) => {
  const path = join(FOLDER, name);
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n') as [string, ...string[]];
  const items = lines.map((line) => ({
    id: (JSON.parse(line) as { cursor: string }).cursor,
    // The bytes as they stand there, not as a parser would write them again.
    data: line.slice(line.indexOf('"event":') + '"event":'.length, -1),
  }));
  return { name, path, buildId: (JSON.parse(header) as { build_id: string }).build_id, items };
});

/** Plays a recording, all at once. Whoever starts it stops it. */
export async function replay({ path }: Golden): Promise<{ api: string; stop: () => void }> {
  const child = spawn(BINARY, ['replay', path, '--speed', '0', '--seed', '7'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(child, 'exit').then(() => Promise.reject(new Error('the replay ended before it listened')));
  failed.catch(() => {});
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed])) as [string];
  return { api: (JSON.parse(line) as { api: string }).api, stop: () => child.kill() };
}
