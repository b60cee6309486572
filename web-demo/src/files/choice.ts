// What a person chose to build: the files of a folder, or one zip. Pure: paths in, paths out.

/** At most this many bytes in one start request (32 MiB). */
export const MAX_START_BYTES = 32 * 1024 * 1024;

export interface ChosenFile {
  /** Below the project's root, with `/`. */
  path: string;
  content: Blob;
}

export interface FolderChoice {
  kind: 'folder';
  name: string;
  files: ChosenFile[];
  /** What was left out: a folder counts once. */
  skipped: string[];
}

export interface ZipChoice {
  kind: 'zip';
  name: string;
  content: Blob;
}

export type Choice = FolderChoice | ZipChoice;

const SKIPPED_NAMES = new Set(['node_modules', '.git', '.DS_Store']);

/** Whether a file or folder of this name is never sent. */
export function isSkippedName(name: string): boolean {
  return SKIPPED_NAMES.has(name);
}

/** At most this many bytes in a zip, which is sent as base64: four characters for three bytes. */
export const MAX_ZIP_BYTES = (MAX_START_BYTES / 4) * 3;

/** What was handed over holds a zip and something else. */
export class ZipNotAlone extends Error {
  constructor() {
    super('a zip is a choice of its own');
    this.name = 'ZipNotAlone';
  }
}

/** The bytes that a choice may have; the request is measured again when it is written. */
export function limitOf(choice: Choice): number {
  return choice.kind === 'zip' ? MAX_ZIP_BYTES : MAX_START_BYTES;
}

/** Whether there is no use in sending it. */
export function isTooLarge(choice: Choice): boolean {
  return choiceBytes(choice) > limitOf(choice);
}

/** Total size in bytes, before encoding. */
export function choiceBytes(choice: Choice): number {
  if (choice.kind === 'zip') return choice.content.size;
  return choice.files.reduce((sum, file) => sum + file.content.size, 0);
}

/** Makes a choice of listed files: leaves out what is never sent, and takes off the one folder that holds all. */
export function folderChoice(listed: ChosenFile[], alreadySkipped: string[] = []): FolderChoice {
  const skipped = new Set(alreadySkipped);
  const kept: ChosenFile[] = [];
  for (const file of listed) {
    const parts = file.path.split('/');
    const cut = parts.findIndex(isSkippedName);
    if (cut >= 0) skipped.add(parts.slice(0, cut + 1).join('/'));
    else kept.push(file);
  }
  const root = commonFolder(kept.length > 0 ? kept.map((file) => file.path) : [...skipped]);
  const below = (path: string) => (root === '' ? path : path.slice(root.length + 1));
  return {
    kind: 'folder',
    name: root,
    files: kept
      .map((file) => ({ ...file, path: below(file.path) }))
      .sort((left, right) => left.path.localeCompare(right.path)),
    skipped: [...skipped].map(below).sort(),
  };
}

/** Makes a choice of one zip. */
export function zipChoice(file: File): ZipChoice {
  return { kind: 'zip', name: file.name.replace(/\.zip$/i, ''), content: file };
}

/** Whether the file is to be sent as a zip. */
export function isZip({ name }: { name: string }): boolean {
  return /\.zip$/i.test(name);
}

/** The top folder that all paths share; empty where there is none. */
function commonFolder(paths: string[]): string {
  const first = paths[0]?.split('/');
  if (!first || first.length < 2 || !first[0]) return '';
  const top = first[0];
  return paths.every((path) => path.startsWith(`${top}/`)) ? top : '';
}
