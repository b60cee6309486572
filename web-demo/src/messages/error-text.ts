// What an error says, in the page's language: it may have come in another, and the language may change while it is shown.

import type { ApiError } from '@buildcast/client';
import { hasMessage, message, messageArgs } from './catalogue';

/** The catalogue's text of the error's code; what the server wrote where there is none, or where its params were lost on the way. */
export function errorText(error: ApiError): string {
  const id = `error-${error.code}`;
  return error.body && hasMessage(id) ? message(id, messageArgs(error.params)) : error.message;
}
