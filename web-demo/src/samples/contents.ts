// The files of every sample, as text, in a chunk of their own.

import type { ChosenFile } from '../files/choice';
import type { SampleId } from './samples';

const CONTENTS = import.meta.glob<string>(
  ['../../samples/**', '!../../samples/**/{node_modules,dist}/**'],
  { query: '?raw', import: 'default', eager: true },
);

/** The sample's files, sorted by path. */
export function sampleFiles(id: SampleId): ChosenFile[] {
  const folder = `../../samples/${id}/`;
  return Object.entries(CONTENTS)
    .filter(([path]) => path.startsWith(folder))
    .map(([path, text]) => ({ path: path.slice(folder.length), content: new Blob([text]) }))
    .sort((left, right) => left.path.localeCompare(right.path));
}
