// Every call of the page but the start of a build: through the server, which signs it.

import { request, type AnswerOf, type Method, type PathWith, type RequestOptions } from '@buildcast/client';

/** Asks for the page's user; rejects as `request` does. */
export function ask<M extends Method, P extends PathWith<M>>(method: M, path: P, options: RequestOptions<P, M>): Promise<AnswerOf<P, M>> {
  return request(method, path, { ...options, baseUrl: 'demo' });
}
