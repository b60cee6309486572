// One request to the API, typed by the document's paths. It signs nothing: a browser asks its own
// backend, which does; a backend gives the headers.

import { baseOf } from './base.js';
import { readError } from './error.js';
import type { paths } from './generated/openapi.js';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** The paths that take this method. */
export type PathWith<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths];

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined;
/** JSON where there is any, since that is what is asked for; text is a string, a file is a `Blob`. */
type Read<T> = T extends { content: infer Content }
  ? 'application/json' extends keyof Content
    ? Json<T>
    : keyof Content extends `text/${string}` | 'application/x-ndjson' ? string : Blob
  : undefined;
type Success = 200 | 201 | 202 | 204 | 206;
type Part<Operation, Name extends string> = Operation extends { parameters: { [N in Name]?: infer Values } } ? Values : undefined;
/** A field that is there when its value has to be. With `exactOptionalPropertyTypes`, a part that no operation has is `never`. */
type Field<Name extends string, Value> = [Value] extends [undefined]
  ? { [N in Name]?: undefined }
  : undefined extends Value ? { [N in Name]?: Value } : { [N in Name]: Value };

/** What the operation answers when it succeeds. */
export type AnswerOf<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: infer Responses }
  ? { [S in keyof Responses & Success]: Read<Responses[S]> }[keyof Responses & Success]
  : never;

export type RequestOptions<P extends keyof paths, M extends Method> = Field<'path', Part<paths[P][M], 'path'>> & {
  query?: Part<paths[P][M], 'query'> | undefined;
  headers?: Record<string, string> | undefined;
  /** The server's address; without it, the page's own folder. */
  baseUrl?: string | undefined;
  signal?: AbortSignal | undefined;
  fetch?: typeof fetch | undefined;
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
  return (await read(response)) as AnswerOf<P, M>;
}

function read(response: Response): Promise<unknown> | undefined {
  const type = response.headers.get('content-type') ?? '';
  if (response.status === 204) return undefined;
  if (/[/+]json\b/.test(type)) return response.json();
  return /^text\/|ndjson/.test(type) ? response.text() : response.blob();
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
