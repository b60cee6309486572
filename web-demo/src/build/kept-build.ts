// The build that this tab watches, kept so that a reload goes on watching it.
// In sessionStorage: a stream token belongs in no address and outlives no tab.

import type { Source } from '../project/use-choice';

export interface KeptBuild {
  buildId: string;
  projectId: string;
  streamToken: string;
  name: string;
  /** What was built: a sample can be built again after a reload, own files must be chosen again. */
  source: Source;
  /** What it was started with, to build it again. */
  prompt?: string;
}

const KEY = 'buildcast.build';

/** The kept build; null where there is none or the browser keeps nothing. */
export function readKeptBuild(): KeptBuild | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    return isKeptBuild(value) ? value : null;
  } catch {
    return null;
  }
}

export function keepBuild(build: KeptBuild | null): void {
  try {
    if (build) sessionStorage.setItem(KEY, JSON.stringify(build));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is switched off: a reload will not resume, and nothing else is lost.
  }
}

function isKeptBuild(value: unknown): value is KeptBuild {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ['buildId', 'projectId', 'streamToken', 'name', 'source'].every((field) => typeof fields[field] === 'string');
}
