// The fields that a refusal names, to be shown one by one.

import type { ApiError } from '@buildcast/client';

/** One entry of `params.errors`. */
export interface FieldError {
  field: string;
  message: string;
}

/** From `params.errors`, or from a single `params.field`. */
export function fieldErrors({ params: { errors, field, reason } }: ApiError): FieldError[] {
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
