// The one call that starts a build. All addresses are relative to the page's own,
// so that it works below a sub-path.

import { MAX_START_BYTES } from '../files/choice';
import type { Template } from '../files/encode';
import { readFailure } from './envelope';

export interface StartRequest {
  userId: string;
  /** Another build of the same project. */
  projectId?: string;
  name?: string;
  template: Template;
}

/** What the page uses of the answer. */
export interface StartedBuild {
  buildId: string;
  projectId: string;
  streamToken: string;
}

/** The request would be refused for its size, so it was not sent. */
export class TooLarge extends Error {
  readonly bytes: number;

  constructor(bytes: number) {
    super(`${bytes} bytes`);
    this.name = 'TooLarge';
    this.bytes = bytes;
  }
}

/** Starts a build. Rejects with `TooLarge`, `ApiFailure`, or the network's error. */
export async function startBuild({ template, ...fields }: StartRequest): Promise<StartedBuild> {
  const body = new TextEncoder().encode(JSON.stringify({ ...fields, ...template }));
  if (body.length > MAX_START_BYTES) throw new TooLarge(body.length);
  const response = await fetch('demo/v1/builds', {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body,
  });
  if (!response.ok) throw await readFailure(response);
  return (await response.json()) as StartedBuild;
}

/** The stream's absolute address, without its token. */
export function eventsAddress(buildId: string): string {
  return new URL(`v1/builds/${encodeURIComponent(buildId)}/events`, document.baseURI).href;
}
