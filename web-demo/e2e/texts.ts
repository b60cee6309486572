// The texts that the page is to show, from the files that its translators write.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeBundle, renderMessage, type MessageArgs } from '../src/messages/bundle';
import type { Locale } from '../src/messages/locales';

/** Renders a message of this very language; fails where its catalogue has none. */
export type Texts = (id: string, args?: MessageArgs) => string;

export function textsOf(locale: Locale): Texts {
  const bundle = makeBundle(locale, readFileSync(resolve(import.meta.dirname, `../../locales/${locale}.ftl`), 'utf8'));
  return (id, args = {}) => {
    const text = renderMessage([bundle], id, args);
    if (text === null) throw new Error(`${locale}.ftl has no ${id}`);
    return text;
  };
}
