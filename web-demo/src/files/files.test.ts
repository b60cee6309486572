import { describe, expect, it } from 'vitest';
import { choiceBytes, folderChoice, isTooLarge, limitOf, MAX_START_BYTES, MAX_ZIP_BYTES, ZipNotAlone, type ChosenFile } from './choice';
import { encodeChoice, encodeFile } from './encode';
import { choiceFromEntries, choiceFromInput } from './pick';

const chosen = (path: string, text = 'x'): ChosenFile => ({ path, content: new Blob([text]) });

function picked(path: string, content: BlobPart = 'x'): File {
  const file = new File([content], path.split('/').at(-1) ?? path);
  Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
  return file;
}

/** A dropped folder or file, as far as the page looks at one. */
function entry(fullPath: string, content: string | FileSystemEntry[]): FileSystemEntry {
  const name = fullPath.split('/').at(-1) ?? '';
  if (typeof content === 'string') {
    const file = (done: (file: File) => void) => done(new File([content], name));
    return { isFile: true, isDirectory: false, name, fullPath, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const batches = [content.slice(0, 1), content.slice(1), []].filter((batch, at) => batch.length > 0 || at === 2);
    return { readEntries: (done: (batch: FileSystemEntry[]) => void) => done(batches.shift() ?? []) };
  };
  return { isFile: false, isDirectory: true, name, fullPath, createReader } as unknown as FileSystemEntry;
}

describe('a choice', () => {
  it('takes off the folder that holds all files and names the project after it', () => {
    const choice = folderChoice([chosen('shop/src/a.js'), chosen('shop/index.html')]);
    expect(choice.name).toBe('shop');
    expect(choice.files.map((file) => file.path)).toEqual(['index.html', 'src/a.js']);
  });

  it('leaves the paths alone where files have no common folder', () => {
    const choice = folderChoice([chosen('index.html'), chosen('src/a.js')]);
    expect(choice.name).toBe('');
    expect(choice.files.map((file) => file.path)).toEqual(['index.html', 'src/a.js']);
  });

  it('skips dependencies, history and desktop files, each folder counted once', () => {
    const choice = folderChoice([
      chosen('shop/index.html'),
      chosen('shop/.DS_Store'),
      chosen('shop/.git/HEAD'),
      chosen('shop/node_modules/a/index.js'),
      chosen('shop/node_modules/b/index.js'),
    ]);
    expect(choice.files.map((file) => file.path)).toEqual(['index.html']);
    expect(choice.skipped).toEqual(['.DS_Store', '.git', 'node_modules']);
  });

  it('keeps names that only look alike', () => {
    expect(folderChoice([chosen('shop/.gitignore'), chosen('shop/node_modules.md')]).files).toHaveLength(2);
  });

  it('comes from an input: a folder, loose files or one zip', () => {
    expect(choiceFromInput([])).toBeNull();
    expect(choiceFromInput([picked('site.ZIP')])).toMatchObject({ kind: 'zip', name: 'site' });
    expect(choiceFromInput([picked('index.html')])).toMatchObject({ kind: 'folder', name: '' });
    expect(choiceFromInput([picked('shop/index.html', 'abc')])).toMatchObject({ kind: 'folder', name: 'shop' });
  });

  it('comes from a drop, folders read to their end and skipped ones not entered', async () => {
    const unreadable = { ...entry('/shop/node_modules', []), createReader: () => { throw new Error('entered'); } };
    const choice = await choiceFromEntries([
      entry('/shop', [
        entry('/shop/index.html', 'hello'),
        unreadable,
        entry('/shop/img', [entry('/shop/img/a.svg', '<svg/>')]),
      ]),
    ]);
    expect(choice).toMatchObject({ kind: 'folder', name: 'shop', skipped: ['node_modules'] });
    expect(choice?.kind === 'folder' && choice.files.map((file) => file.path)).toEqual(['img/a.svg', 'index.html']);
    expect(choice && choiceBytes(choice)).toBe(11);
    expect(await choiceFromEntries([entry('/site.zip', 'PK')])).toMatchObject({ kind: 'zip', name: 'site' });
  });
});

describe('a zip', () => {
  it('is a choice of its own, and a file like any other within a folder', async () => {
    await expect(choiceFromEntries([entry('/a.zip', 'PK'), entry('/b.ZIP', 'PK')])).rejects.toBeInstanceOf(ZipNotAlone);
    await expect(choiceFromEntries([entry('/index.html', 'x'), entry('/a.zip', 'PK')])).rejects.toBeInstanceOf(ZipNotAlone);
    expect(() => choiceFromInput([picked('a.zip'), picked('index.html')])).toThrow(ZipNotAlone);
    const within = await choiceFromEntries([entry('/shop', [entry('/shop/index.html', 'x'), entry('/shop/all.zip', 'PK')])]);
    expect(within?.kind === 'folder' && within.files.map((file) => file.path)).toEqual(['all.zip', 'index.html']);
    expect(choiceFromInput([picked('shop/index.html'), picked('shop/all.zip')])).toMatchObject({ kind: 'folder' });
  });

  it('may have what its base64 leaves room for; files may have the whole request', () => {
    const sized = (size: number) => ({ size }) as Blob;
    const zip = (size: number) => ({ kind: 'zip', name: 'z', content: sized(size) }) as const;
    expect(limitOf(zip(1))).toBe(25_165_824);
    expect(isTooLarge(zip(MAX_ZIP_BYTES))).toBe(false);
    expect(isTooLarge(zip(MAX_ZIP_BYTES + 1))).toBe(true);
    expect(isTooLarge(folderChoice([{ path: 'a', content: sized(MAX_START_BYTES) }]))).toBe(false);
    expect(isTooLarge(folderChoice([{ path: 'a', content: sized(MAX_START_BYTES + 1) }]))).toBe(true);
  });
});

describe('the encoding', () => {
  it('sends valid UTF-8 as text, byte order mark included', () => {
    const text = '\uFEFFgrüße 🙂\r\n';
    expect(encodeFile(new TextEncoder().encode(text))).toBe(text);
    expect(encodeFile(new Uint8Array())).toBe('');
  });

  it('sends everything else as base64', () => {
    expect(encodeFile(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toEqual({ content: 'iVBORw==', encoding: 'base64' });
    expect(encodeFile(Uint8Array.of(0x61, 0x00))).toEqual({ content: 'YQA=', encoding: 'base64' });
  });

  it('joins the pieces of a large file', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, at) => (at * 7) % 256);
    const encoded = encodeFile(bytes);
    expect(typeof encoded === 'object' && Buffer.from(encoded.content, 'base64').equals(bytes)).toBe(true);
  });

  it('makes the fields of the request', async () => {
    expect(JSON.stringify(await encodeChoice(folderChoice([chosen('a.txt', 'A'), chosen('__proto__', 'B')]))))
      .toBe('{"templateFiles":{"__proto__":"B","a.txt":"A"}}');
    expect(await encodeChoice({ kind: 'zip', name: 'z', content: new Blob(['PK']) })).toEqual({ templateZip: 'UEs=' });
  });
});
