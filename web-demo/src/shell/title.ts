// The title of the page's tab: what the view does, or its name, and the product's.

import { useEffect } from 'react';
import { message } from '../messages/catalogue';
import type { Route } from './route';

let name = '';
let state: string | null = null;

/** Names the view in the title. */
export function useTitle(viewName: string): void {
  useEffect(() => {
    name = viewName;
    show();
  }, [viewName]);
}

/** Says in the title what goes on, for as long as it is drawn; null says nothing. */
export function useTitleState(text: string | null): void {
  useEffect(() => {
    state = text;
    show();
    return () => {
      state = null;
      show();
    };
  }, [text]);
}

export function nameOf(view: Route['view']): string {
  if (view === 'login') return message('page-login-heading');
  return message(view === 'project' ? 'page-versions-heading' : `page-view-${view}`);
}

function show(): void {
  document.title = `${state ?? name} · buildcast`;
}
