// Word that a session is over, or another's: from an answer of the server, or from another tab.

const listeners = new Set<() => void>();
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('buildcast.session');
tabs?.addEventListener('message', tellHere);

/** An answer said that nobody is logged in. */
export function tellHere(): void {
  for (const listener of listeners) listener();
}

/** Somebody logged in or out in this tab. */
export function tellOtherTabs(): void {
  tabs?.postMessage(null);
}

/** Calls back whenever the session is to be asked for again; returns what ends that. */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
