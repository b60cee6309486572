// A refusal: by the server, or by something between that knows nothing of its error bodies.

import type { ErrorBody, ErrorCode } from './contract.js';

/** What a status means where the body is lost, as when a CDN puts its own page in its place. */
const CODES: Record<number, string> = {
  400: 'INVALID_INPUT',
  401: 'AUTH_FAILED',
  402: 'INSUFFICIENT_CREDITS',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  408: 'NETWORK_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'RATE_LIMITED',
  502: 'SERVICE_UNAVAILABLE',
  503: 'SERVICE_UNAVAILABLE',
  504: 'NETWORK_TIMEOUT',
};

/** Codes that may pass; in a frame there is no status to tell. */
const PASSING = /^(RATE_LIMITED|SERVICE_UNAVAILABLE|INTERNAL_ERROR|NETWORK_TIMEOUT)$/;

/** A request, or a stream, that was refused. It never holds a token. */
export class ApiError extends Error {
  /** The code to act on: the body's, else what the status alone tells. */
  readonly code: ErrorCode;
  /** The code's raw values; empty where the body was lost. */
  readonly params: Readonly<Record<string, unknown>>;
  /** To quote to support. */
  readonly requestId: string | undefined;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    /** The HTTP status; 0 where the refusal came as a frame. */
    readonly status: number,
    /** The server's own words; none where they were lost. */
    readonly body: ErrorBody | undefined,
    headers?: Headers,
    /** Why nothing was asked, or nothing more. */
    cause?: string,
  ) {
    super(cause ?? body?.message ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.code = body?.code ?? codeOf(status);
    this.params = body?.params ?? {};
    this.requestId = body?.requestId ?? headers?.get('x-request-id') ?? undefined;
    this.retryAfterMs = waitOf(headers?.get('retry-after')) ?? waitOf(this.params.retryAfter);
  }

  /** Whether the same request may succeed later. */
  get passing(): boolean {
    const { status } = this;
    return status ? status === 408 || status === 429 || status >= 500 : PASSING.test(this.code);
  }
}

function codeOf(status: number): ErrorCode {
  return (CODES[status] ?? (status >= 400 && status < 500 ? 'INVALID_INPUT' : 'INTERNAL_ERROR')) as ErrorCode;
}

/** Reads an answer that is no success; whatever its body is, it gives a usable error. */
export async function readError(response: Response): Promise<ApiError> {
  return new ApiError(response.status, errorBody(await response.json().catch(() => null)), response.headers);
}

/** The value as an error body, if it is one of ours: what stands between may have codes of its own, and no request id. */
export function errorBody(value: unknown): ErrorBody | undefined {
  const { code, message, params, requestId } = (value ?? {}) as Record<string, unknown>;
  if (typeof code !== 'string' || typeof requestId !== 'string') return undefined;
  const whole = {
    ...(value as object),
    message: typeof message === 'string' ? message : code,
    params: typeof params === 'object' && params ? params : {},
  };
  return whole as ErrorBody;
}

/** Seconds, or an HTTP date, as milliseconds from now. */
function waitOf(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(String(value)) - Date.now() : seconds * 1000;
  return ms >= 0 ? ms : undefined;
}
