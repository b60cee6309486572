// The one call that starts a build. All addresses are relative to the page's own,
// so that it works below a sub-path.

import { readError, type components } from '@buildcast/client';
import { MAX_START_BYTES } from '../files/choice';
import type { Template } from '../files/encode';
import { keyHeader } from '../login/page-key';
import { isLoggedOut } from './ask';
import { tellHere } from './session-end';

export interface StartRequest {
  userId: string;
  /** Another build of the same project. */
  projectId?: string;
  name?: string;
  /** The files; without them, the project's last ones are changed by the prompt. */
  template?: Template;
  /** What is to be changed, for the provider of code. */
  prompt?: string;
}

/** What a start answers: with a token, as it always does. */
export type StartedBuild = components['schemas']['BuildView'] & { streamToken: string };

/** The request would be refused for its size, so it was not sent. */
export class TooLarge extends Error {
  readonly bytes: number;

  constructor(bytes: number) {
    super(`${bytes} bytes`);
    this.name = 'TooLarge';
    this.bytes = bytes;
  }
}

/** Starts a build. Rejects with `TooLarge`, `ApiError`, or the network's error. */
export async function startBuild({ template, ...fields }: StartRequest): Promise<StartedBuild> {
  const start: components['schemas']['StartBuild'] = { ...fields, ...template };
  const body = new TextEncoder().encode(JSON.stringify(start));
  if (body.length > MAX_START_BYTES) throw new TooLarge(body.length);
  const response = await fetch('demo/v1/builds', {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...keyHeader() },
    body,
  });
  if (!response.ok) {
    const error = await readError(response);
    if (isLoggedOut(error)) tellHere();
    throw error;
  }
  return (await response.json()) as StartedBuild;
}
