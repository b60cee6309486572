// Every call of the page but the start of a build: through the server, which signs it.

import { ApiError, request, type AnswerOf, type Method, type PathWith, type RequestOptions } from '@buildcast/client';
import { keyHeader } from '../login/page-key';
import { tellHere } from './session-end';

/** Asks for the page's user; rejects as `request` does. */
export async function ask<M extends Method, P extends PathWith<M>>(method: M, path: P, options: RequestOptions<P, M>): Promise<AnswerOf<P, M>> {
  try {
    return await request(method, path, { ...options, headers: { ...options.headers, ...keyHeader() }, baseUrl: 'demo' });
  } catch (error) {
    if (isLoggedOut(error)) tellHere();
    throw error;
  }
}

/** Whether an answer says that nobody is logged in. */
export function isLoggedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
