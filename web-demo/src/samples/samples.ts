// The sample projects by name; their files are loaded when one is chosen.

import type { FolderChoice } from '../files/choice';

export const SAMPLE_IDS = ['static-site', 'vite-app'] as const;

export type SampleId = (typeof SAMPLE_IDS)[number];

export function isSampleId(value: string): value is SampleId {
  return (SAMPLE_IDS as readonly string[]).includes(value);
}

/** A sample as if its folder had been chosen. */
export async function loadSample(id: SampleId): Promise<FolderChoice> {
  const { sampleFiles } = await import('./contents');
  return { kind: 'folder', name: id, files: sampleFiles(id), skipped: [] };
}
