// From what the browser hands over (a file input, a drop) to a choice.

import { folderChoice, isSkippedName, isZip, zipChoice, ZipNotAlone, type Choice, type ChosenFile } from './choice';

/** The files of an input, with or without `webkitdirectory`; null for none. Throws `ZipNotAlone`. */
export function choiceFromInput(list: Iterable<File>): Choice | null {
  const files = [...list];
  const [only] = files;
  if (!only) return null;
  if (files.length === 1 && isZip(only)) return zipChoice(only);
  // One within a folder is a file like any other.
  if (files.some((file) => isZip(file) && !file.webkitRelativePath.includes('/'))) throw new ZipNotAlone();
  return folderChoice(files.map((file) => ({ path: file.webkitRelativePath || file.name, content: file })));
}

/** What was dropped. Must be called during the event; afterwards the transfer is empty. */
export async function choiceFromDrop(transfer: DataTransfer): Promise<Choice | null> {
  const entries = [...transfer.items]
    .map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null))
    .filter((entry) => entry !== null);
  // Files that come from no file system (an image of another page) have no entries.
  if (entries.length === 0) return choiceFromInput(transfer.files);
  return choiceFromEntries(entries);
}

/** Reads dropped entries, folders to the bottom, without entering what is never sent. Rejects with `ZipNotAlone`. */
export async function choiceFromEntries(entries: FileSystemEntry[]): Promise<Choice | null> {
  const [only] = entries;
  if (!only) return null;
  if (entries.length === 1 && only.isFile) {
    const file = await fileOf(only as FileSystemFileEntry);
    if (isZip(file)) return zipChoice(file);
  }
  if (entries.length > 1 && entries.some((entry) => entry.isFile && isZip(entry))) throw new ZipNotAlone();
  const found: ChosenFile[] = [];
  const skipped: string[] = [];
  for (const entry of entries) await walk(entry, found, skipped);
  return folderChoice(found, skipped);
}

async function walk(entry: FileSystemEntry, found: ChosenFile[], skipped: string[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  if (isSkippedName(entry.name)) {
    skipped.push(path);
  } else if (entry.isDirectory) {
    for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) {
      await walk(child, found, skipped);
    }
  } else {
    found.push({ path, content: await fileOf(entry as FileSystemFileEntry) });
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const children: FileSystemEntry[] = [];
  // A reader gives at most 100 entries a call; an empty answer is the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return children;
    children.push(...batch);
  }
}
