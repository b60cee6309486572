// From a choice to the fields of a start request.

import type { Choice } from './choice';

export type TemplateFile = string | { content: string; encoding: 'base64' };

export type Template =
  | { templateFiles: Record<string, TemplateFile> }
  | { templateZip: string };

/** Reads every file of the choice. Rejects where a file can't be read any more. */
export async function encodeChoice(choice: Choice): Promise<Template> {
  if (choice.kind === 'zip') return { templateZip: toBase64(await bytesOf(choice.content)) };
  // Without a prototype, so that a file named `__proto__` is a file like any other.
  const templateFiles = Object.create(null) as Record<string, TemplateFile>;
  for (const file of choice.files) {
    templateFiles[file.path] = encodeFile(await bytesOf(file.content));
  }
  return { templateFiles };
}

/** Text where the bytes are valid UTF-8, else base64; the server restores the same bytes. */
export function encodeFile(bytes: Uint8Array): TemplateFile {
  const text = decodeText(bytes);
  return text ?? { content: toBase64(bytes), encoding: 'base64' };
}

function decodeText(bytes: Uint8Array): string | null {
  // A NUL is valid UTF-8, but no text file has one.
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Divisible by 3, so that the pieces' base64 can be joined. */
const PIECE_BYTES = 3 * 8 * 1024;

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES))));
  }
  return pieces.join('');
}

async function bytesOf(content: Blob): Promise<Uint8Array> {
  return new Uint8Array(await content.arrayBuffer());
}
