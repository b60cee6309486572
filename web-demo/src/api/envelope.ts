// The body of every error of every endpoint, and of an error frame on a stream.

export const ERROR_CODES = [
  'AI_LIMIT_REACHED',
  'INSUFFICIENT_BALANCE',
  'INSUFFICIENT_CREDITS',
  'RATE_LIMITED',
  'BUILD_ALREADY_RUNNING',
  'INVALID_STATE_TRANSITION',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_IN_PROGRESS',
  'ROLLBACK_IN_PROGRESS',
  'VERSION_NOT_ELIGIBLE',
  'BUILD_FAILED',
  'BUILD_TIMEOUT',
  'ROLLBACK_FAILED',
  'AUTH_FAILED',
  'AUTH_EXPIRED',
  'FORBIDDEN',
  'NOT_FOUND',
  'PAYLOAD_TOO_LARGE',
  'NETWORK_TIMEOUT',
  'PROVIDER_UNAVAILABLE',
  'QUOTA_EXCEEDED',
  'INVALID_INPUT',
  'VALIDATION_FAILED',
  'METHOD_NOT_ALLOWED',
  'UNSUPPORTED_MEDIA_TYPE',
  'NOT_ACCEPTABLE',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One entry of `params.errors`. */
export interface FieldError {
  field: string;
  message: string;
}

export interface ErrorEnvelope {
  error: string;
  /** An `ErrorCode`, or one of a newer server. */
  code: string;
  /** In the negotiated locale. */
  message: string;
  params: Record<string, unknown>;
  requestId?: string;
  correlationId?: string;
  referenceId?: string;
  timestamp?: string;
}

/** A request that the server answered with an error. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly envelope: ErrorEnvelope;

  constructor(status: number, envelope: ErrorEnvelope) {
    super(envelope.message);
    this.name = 'ApiFailure';
    this.status = status;
    this.envelope = envelope;
  }
}

/** The fields that the server names, from `params.errors` or from a single `params.field`. */
export function fieldErrors(envelope: ErrorEnvelope): FieldError[] {
  const { errors, field, reason } = envelope.params;
  if (Array.isArray(errors)) {
    return errors.filter(
      (entry): entry is FieldError =>
        typeof entry === 'object' && entry !== null &&
        typeof entry.field === 'string' && typeof entry.message === 'string',
    );
  }
  if (typeof field === 'string') {
    return [{ field, message: typeof reason === 'string' ? reason : '' }];
  }
  return [];
}

/** Reads an error answer; a body that is no envelope (a proxy's page) still gives a usable one. */
export async function readFailure(response: Response): Promise<ApiFailure> {
  const body: unknown = await response.json().catch(() => null);
  if (isEnvelope(body)) return new ApiFailure(response.status, { ...body, params: body.params ?? {} });
  const code = response.status === 503 ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_ERROR';
  return new ApiFailure(response.status, {
    error: code,
    code,
    message: `HTTP ${response.status} ${response.statusText}`.trim(),
    params: {},
    requestId: response.headers.get('x-request-id') ?? undefined,
  });
}

function isEnvelope(value: unknown): value is ErrorEnvelope {
  return (
    typeof value === 'object' && value !== null &&
    'code' in value && typeof value.code === 'string' &&
    'message' in value && typeof value.message === 'string'
  );
}
