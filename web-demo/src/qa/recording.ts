// A build's recording: its header, and whether its checksum is that of the bytes that came.

export interface RecordingFacts {
  eventCount: number;
  checksum: string;
  /** Null where the browser computes none: it does so in secure contexts only. */
  matches: boolean | null;
}

/** Throws on text that has no header. */
export async function readRecording(text: string): Promise<RecordingFacts> {
  const end = text.indexOf('\n') + 1;
  const header = JSON.parse(text.slice(0, end)) as { format?: unknown; event_count?: unknown; checksum?: unknown };
  const { format, event_count: eventCount, checksum } = header;
  if (format !== 'buildcast.recording' || typeof eventCount !== 'number' || typeof checksum !== 'string') throw new Error('no recording');
  const counted = globalThis.crypto?.subtle ? await sha256(text.slice(end)) : null;
  return { eventCount, checksum, matches: counted === null ? null : `sha256:${counted}` === checksum };
}

/** Lets the browser save it. */
export function saveRecording(text: string, buildId: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `${buildId}.ndjson`;
  link.click();
  // The browser has begun to save by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
