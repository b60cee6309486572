// The key that this page shows with its session. It is kept where no other origin can read or write it: a cookie alone, which a
// site of another port or of a sibling host can set, opens nothing.

const KEY = 'buildcast.page-key';
const BYTES = 16;
/** Where the browser keeps nothing: good until a reload. */
let unkept: string | null = null;

/** The key of this browser's page; made when it is first asked for. */
export function pageKey(): string {
  return readKept() ?? unkept ?? keepPageKey(freshKey());
}

/** Keeps another key, for another session: what was opened with the former opens nothing here any more. */
export function keepPageKey(key: string): string {
  try {
    localStorage.setItem(KEY, key);
    unkept = null;
  } catch {
    unkept = key;
  }
  return key;
}

/** The header that shows a key. */
export function keyHeader(key = pageKey()): Record<string, string> {
  return { 'x-page-key': key };
}

export function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function readKept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
