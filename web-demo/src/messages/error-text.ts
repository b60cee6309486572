// What an error says, in the page's language: it may have come in another, and the language may change while it is shown.

import type { ErrorEnvelope } from '../api/envelope';
import { hasMessage, message, messageArgs } from './catalogue';

/** The catalogue's text of the error's code; what the server wrote where there is none. */
export function errorText({ code, params, message: written }: ErrorEnvelope): string {
  const id = `error-${code}`;
  return hasMessage(id) ? message(id, messageArgs(params)) : written;
}
