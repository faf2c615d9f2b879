import type { Response } from 'undici';
import { TransientFailure } from './http-answer.ts';

export interface BodyReading {
  readonly body: Response['body'];
  /** Closes the connection. Aborted if nothing arrives for too long. */
  readonly attempt: AbortController;
  readonly stallTimeoutMs: number;
}

/** Converts every failure of the connection to one kind of error, and ends a stalled connection. */
export async function* readBody({ body, attempt, stallTimeoutMs }: BodyReading): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  const giveUp = () =>
    attempt.abort(new TransientFailure(`it sent nothing for ${stallTimeoutMs / 1000} s`, 'network'));
  for (;;) {
    const stallTimer = setTimeout(giveUp, stallTimeoutMs);
    const piece = await reader
      .read()
      .catch((error: unknown) => {
        if (attempt.signal.reason instanceof TransientFailure) throw attempt.signal.reason;
        throw new TransientFailure('the connection broke off', 'network', { cause: error });
      })
      .finally(() => clearTimeout(stallTimer));
    if (piece.done) return;
    yield piece.value;
  }
}
