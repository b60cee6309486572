// What can be read in a stream token. It is a JWT; nothing here trusts it, or needs it to be one.

/** A token as it was given, without what a file or a page has around it. */
export function trimmed(token: unknown): string {
  return String(token ?? '').trim();
}

/** Milliseconds until the token is stale by this machine's clock; NaN where it does not say. */
export function msUntilStale(token: string): number {
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    return (JSON.parse(atob(payload)) as { exp: number }).exp * 1000 - Date.now();
  } catch {
    return NaN;
  }
}
