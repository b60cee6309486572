// Which view the page shows: the part of its address behind `#/`. The server sees none of it, so the page works below any path.

import { useSyncExternalStore } from 'react';

export type Route =
  /** What to build, and the build that this tab watches; with an id, that build alone. */
  | { view: 'build'; buildId?: string }
  | { view: 'projects' }
  | { view: 'project'; projectId: string }
  | { view: 'account' }
  | { view: 'qa'; buildId?: string }
  | { view: 'events' }
  /** What a backend sends somebody to who is to log in. */
  | { view: 'login'; token: string };

/** The views of the navigation, in its order. */
export const MAIN_VIEWS = ['build', 'projects', 'account', 'qa', 'events'] as const;

const START: Route = { view: 'build' };

export function hrefOf(route: Route): string {
  switch (route.view) {
    case 'build':
      return route.buildId === undefined ? '#/' : `#/builds/${encodeURIComponent(route.buildId)}`;
    case 'project':
      return `#/projects/${encodeURIComponent(route.projectId)}`;
    case 'qa':
      return route.buildId === undefined ? '#/qa' : `#/qa/${encodeURIComponent(route.buildId)}`;
    case 'login':
      return `#/login/${encodeURIComponent(route.token)}`;
    default:
      return `#/${route.view}`;
  }
}

/** The route of an address's hash; null for a hash that is a place within a view, or for none that there is. */
export function parseRoute(hash: string): Route | null {
  if (hash === '') return START;
  if (!hash.startsWith('#/')) return null;
  const [name = '', id, ...more] = hash.slice(2).split('/').map(decoded);
  if (more.length > 0) return null;
  if (name === 'projects') return id ? { view: 'project', projectId: id } : { view: 'projects' };
  if (name === 'builds') return id ? { view: 'build', buildId: id } : null;
  if (name === 'qa') return id ? { view: 'qa', buildId: id } : { view: 'qa' };
  if (name === 'login') return id ? { view: 'login', token: id } : null;
  if (id !== undefined) return null;
  if (name === '') return START;
  return name === 'account' || name === 'events' ? { view: name } : null;
}

export function goTo(route: Route): void {
  location.hash = hrefOf(route);
}

/** The route that the address names; a hash that names none leaves the view as it is. */
export function useRoute(): Route {
  return useSyncExternalStore(onHash, current);
}

let last: Route = START;
let lastHash: string | null = null;

function current(): Route {
  if (location.hash !== lastHash) {
    lastHash = location.hash;
    last = parseRoute(lastHash) ?? last;
  }
  return last;
}

function onHash(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
