// Draws a component again when the page's language changes.

import { useSyncExternalStore } from 'react';
import { currentLocale, onLocale } from './catalogue';
import type { Locale } from './locales';

export function useLocale(): Locale {
  return useSyncExternalStore(onLocale, currentLocale);
}
