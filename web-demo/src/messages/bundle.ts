// A Fluent bundle that writes what the server writes (docs/locales.md): Latin digits in every locale, its own
// separators, `…` for what is missing or no number. Pure: a file of messages in, texts out.

import { FluentBundle, FluentNumber, FluentResource, type FluentFunction } from '@fluent/bundle';
import { pluralFunction } from './plural';

export type MessageArgs = Record<string, string | number>;

/** What stands where a param is missing, or is no number where one is counted. */
const MISSING = '…';

/** The locale as `Intl` is told it: browsers differ in which digits they take for Arabic. */
export function intlTag(locale: string): string {
  return `${locale}-u-nu-latn`;
}

const numberFunction: FluentFunction = ([value], { maximumFractionDigits }) => {
  if (!(value instanceof FluentNumber)) return MISSING;
  const most = maximumFractionDigits instanceof FluentNumber ? { maximumFractionDigits: maximumFractionDigits.value } : {};
  return new FluentNumber(value.value, { ...value.opts, ...most });
};

/** Builds a bundle; a catalogue that does not parse throws. */
export function makeBundle(locale: string, source: string): FluentBundle {
  const bundle = new FluentBundle(intlTag(locale), {
    functions: { PLURAL: pluralFunction(locale), NUMBER: numberFunction },
    // The server's texts have no isolation marks either. The page's parts say their direction themselves.
    useIsolating: false,
  });
  const errors = bundle.addResource(new FluentResource(source));
  if (errors.length > 0) throw errors[0];
  return bundle;
}

/** The message from the first bundle that has it; null where none does. */
export function renderMessage(bundles: readonly FluentBundle[], id: string, args: MessageArgs): string | null {
  for (const bundle of bundles) {
    const pattern = bundle.getMessage(id)?.value;
    if (!pattern) continue;
    // With an error list, Fluent renders what it can instead of throwing.
    const errors: Error[] = [];
    const text = bundle.formatPattern(pattern, args, errors);
    if (errors.length === 0) return text;
    const missing = errors.flatMap(({ message }) => /^Unknown variable: \$(.+)$/.exec(message)?.[1] ?? []);
    return bundle.formatPattern(pattern, { ...args, ...Object.fromEntries(missing.map((name) => [name, MISSING])) }, []);
  }
  return null;
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
