// PLURAL($count): the plural category of a number in the bundle's locale, for selectors.
// The server registers a function of the same name, so that one catalogue serves both.

import { FluentNumber, type FluentValue } from '@fluent/bundle';

/** Makes the function for one locale; what is not a number is `other`. */
export function pluralFunction(locale: string): (args: FluentValue[]) => FluentValue {
  const rules = new Intl.PluralRules(locale);
  return ([value]) => {
    if (value instanceof FluentNumber) return rules.select(value.value);
    return typeof value === 'number' ? rules.select(value) : 'other';
  };
}
