// PLURAL($count): the plural category of a number in the bundle's locale, for selectors.
// The server registers a function of the same name, so that one catalogue serves both.

import { FluentNumber, type FluentFunction } from '@fluent/bundle';

/** Makes the function for one locale; `other` is what is not a number, or past what a number counts exactly. */
export function pluralFunction(locale: string): FluentFunction {
  const rules = new Intl.PluralRules(locale);
  const counts = (value: number) => Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return ([value]) => (value instanceof FluentNumber && counts(value.value) ? rules.select(value.value) : 'other');
}
