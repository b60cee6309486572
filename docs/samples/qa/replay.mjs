// Starts `buildcast replay` on a free port, and says where it is: const { api, builds, stop } = await play(['a.ndjson']).

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The program: BUILDCAST, else that of the path. */
const PROGRAM = process.env.BUILDCAST ?? 'buildcast';

/** Plays recordings; `flags` are those of `buildcast replay`. Whoever starts it stops it. */
export async function play(files, flags = ['--speed', '0']) {
  const child = spawn(PROGRAM, ['replay', ...files, '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = Promise.race([once(child, 'error'), once(child, 'exit')]).then(([why]) => {
    throw new Error(`buildcast replay did not start: ${why}`);
  });
  // Rejects again when it is stopped, when nobody waits for it any more.
  failed.catch(() => {});
  // The first line is JSON, once it listens.
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed]);
  const { api, builds } = JSON.parse(line);
  return { api, builds, stop: () => child.kill() };
}
