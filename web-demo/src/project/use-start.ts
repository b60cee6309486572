// Starts builds, one at a time, and says what went wrong.

import { useRef, useState } from 'react';
import { startBuild, TooLarge } from '../api/start-build';
import type { KeptBuild } from '../build/kept-build';
import { choiceBytes, MAX_START_BYTES, type Choice } from '../files/choice';
import { encodeChoice } from '../files/encode';
import type { Source } from './use-choice';

export interface StartOrder {
  userId: string;
  /** Null for the files that the project has. */
  choice: Choice | null;
  source: Source;
  name: string;
  /** Set for another build of the same project. */
  projectId?: string;
  /** What is to be changed, in words. */
  prompt?: string;
}

export interface Starter {
  starting: boolean;
  problem: unknown;
  start(order: StartOrder): Promise<void>;
}

export function useStart(onStarted: (build: KeptBuild) => void): Starter {
  const [starting, setStarting] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  // A second click comes before React has drawn the first.
  const busy = useRef(false);

  const start = async ({ userId, choice, source, name, projectId, prompt }: StartOrder) => {
    if (busy.current) return;
    busy.current = true;
    setStarting(true);
    setProblem(null);
    try {
      // Before a large folder is read into memory; the encoded body is measured again.
      const bytes = choice ? choiceBytes(choice) : 0;
      if (bytes > MAX_START_BYTES) throw new TooLarge(bytes);
      const template = choice ? await encodeChoice(choice) : undefined;
      const target = projectId ? { projectId } : { name: name || undefined };
      const { buildId, streamToken, projectId: project } = await startBuild({ userId, ...target, template, prompt });
      onStarted({ buildId, streamToken, projectId: project, name, source, prompt });
    } catch (cause) {
      setProblem(cause);
    } finally {
      busy.current = false;
      setStarting(false);
    }
  };

  return { starting, problem, start };
}
