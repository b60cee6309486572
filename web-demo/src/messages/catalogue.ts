// The messages in the page's language. English comes with the page, every other catalogue from the server when it is
// wanted; what one lacks is English, message by message.

import type { FluentBundle } from '@fluent/bundle';
import english from '../../../locales/en.ftl?raw';
import { makeBundle, renderMessage, type MessageArgs } from './bundle';
import { LOCALES, type Locale } from './locales';

export { messageArgs, type MessageArgs } from './bundle';

/** A server that says nothing for so long, in milliseconds, leaves the page in the language that it has. */
const PATIENCE_MS = 5_000;

const fallback = makeBundle('en', english);
const loaded = new Map<Locale, FluentBundle>([['en', fallback]]);
const listeners = new Set<() => void>();
let current: Locale = 'en';
/** Counts the choices, so that of two the later wins, whichever comes first. */
let choices = 0;

/** The language that the page speaks. */
export function currentLocale(): Locale {
  return current;
}

/** Calls back whenever the page speaks another language; returns what ends that. */
export function onLocale(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Speaks another language once its messages are there; rejects, and changes nothing, when they can't be had. */
export async function speak(locale: Locale): Promise<void> {
  choices += 1;
  const choice = choices;
  const bundle = loaded.get(locale) ?? makeBundle(locale, await fetchMessages(locale));
  loaded.set(locale, bundle);
  if (choice !== choices) return;
  current = locale;
  document.documentElement.lang = locale;
  document.documentElement.dir = LOCALES.find((each) => each.locale === locale)?.direction ?? 'ltr';
  for (const listener of listeners) listener();
}

/** Whether there is such a message. */
export function hasMessage(id: string): boolean {
  return bundles().some((bundle) => bundle.hasMessage(id));
}

/** The message in the page's language, else in English; its id where there is none (a newer server's code). */
export function message(id: string, args: MessageArgs = {}): string {
  return renderMessage(bundles(), id, args) ?? id;
}

function bundles(): FluentBundle[] {
  return [loaded.get(current) ?? fallback, fallback];
}

async function fetchMessages(locale: Locale): Promise<string> {
  const address = new URL(`v1/locales/${locale}/messages.ftl`, document.baseURI);
  const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`${response.status} for the messages of ${locale}`);
  return response.text();
}
