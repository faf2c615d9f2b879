import { BackendError, type BackendErrorCode } from '../../backend/backend-error.ts';
import { errorTable, wireCodes } from '../../http/error-table.ts';

/** A failure as clients see it: `502 upstream_error`. One that no client may see has its own name. */
export function toFailureWords(failure: unknown): string {
  if (failure instanceof BackendError) return toCodeWords(failure.code);
  return failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
}

export function toCodeWords(code: BackendErrorCode): string {
  const { [code]: wireCode = code } = wireCodes;
  return `${errorTable[code].status} ${wireCode ?? 'without a code'}`;
}
