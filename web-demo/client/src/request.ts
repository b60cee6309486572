// One request to the API, typed by the document's paths. It signs nothing: a browser asks its own
// backend, which does; a backend gives the headers.

import { baseOf } from './base.js';
import { readError } from './error.js';
import type { paths } from './generated/openapi.js';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** The paths that take this method. */
export type PathWith<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths];

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined;
type Success = 200 | 201 | 202 | 204;
type Part<Operation, Name extends string> = Operation extends { parameters: { [N in Name]?: infer Values } } ? Values : undefined;
/** A field that is there when its value has to be. */
type Field<Name extends string, Value> = undefined extends Value ? { [N in Name]?: Value } : { [N in Name]: Value };

/** What the operation answers when it succeeds. */
export type AnswerOf<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: infer Responses }
  ? { [S in keyof Responses & Success]: Json<Responses[S]> }[keyof Responses & Success]
  : never;

export type RequestOptions<P extends keyof paths, M extends Method> = Field<'path', Part<paths[P][M], 'path'>> & {
  query?: Part<paths[P][M], 'query'>;
  headers?: Record<string, string>;
  /** The server's address; without it, the page's own folder. */
  baseUrl?: string;
  signal?: AbortSignal;
  fetch?: typeof fetch;
} & Field<'body', paths[P][M] extends { requestBody: infer Body } ? Json<Body> : undefined>;

/** Asks; rejects with an `ApiError` where the answer is no success, and as `fetch` does where there is none. */
export async function request<M extends Method, P extends PathWith<M>>(method: M, path: P, options: RequestOptions<P, M>): Promise<AnswerOf<P, M>> {
  const { path: values, query, body, headers, baseUrl, signal, fetch = globalThis.fetch } = options as Untyped;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values?.[name])));
  const url = new URL(filled.slice(1), baseOf(baseUrl));
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  }
  const response = await fetch(url, {
    method: method.toUpperCase(),
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw await readError(response);
  return (response.status === 204 ? undefined : await response.json()) as AnswerOf<P, M>;
}

interface Untyped {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
  baseUrl?: string;
  signal?: AbortSignal;
  fetch?: typeof fetch;
}
