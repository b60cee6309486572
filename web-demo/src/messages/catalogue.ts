// The page's messages: one Fluent bundle, made from the catalogue that the server reads too.

import { FluentBundle, FluentResource } from '@fluent/bundle';
import english from '../../../locales/en.ftl?raw';
import { pluralFunction } from './plural';

export type MessageArgs = Record<string, string | number>;

/** Builds a bundle; a catalogue that does not parse throws. */
export function makeBundle(locale: string, source: string): FluentBundle {
  const bundle = new FluentBundle(locale, {
    functions: { PLURAL: pluralFunction(locale) },
    // The page's texts run left to right only, where the marks would be noise in copied text.
    useIsolating: false,
  });
  const errors = bundle.addResource(new FluentResource(source));
  if (errors.length > 0) throw errors[0];
  return bundle;
}

const bundle = makeBundle('en', english);

/** Whether the catalogue has the message. */
export function hasMessage(id: string): boolean {
  return bundle.hasMessage(id);
}

/** The message in the page's locale; its id where the catalogue lacks it (a newer server's code). */
export function message(id: string, args: MessageArgs = {}): string {
  const pattern = bundle.getMessage(id)?.value;
  if (!pattern) return id;
  // With an error list, Fluent renders what it can instead of throwing.
  return bundle.formatPattern(pattern, args, []);
}

/** Event and error params as Fluent takes them: flags as words, lists and objects left out. */
export function messageArgs(params: object): MessageArgs {
  const args: MessageArgs = {};
  for (const [name, value] of Object.entries(params as Record<string, unknown>)) {
    if (typeof value === 'string' || typeof value === 'number') args[name] = value;
    else if (typeof value === 'boolean') args[name] = String(value);
  }
  return args;
}
