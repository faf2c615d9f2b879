import type { Response } from 'undici';
import { SourceError } from '../pull-error.ts';
import { toStatusFailure } from './http-answer.ts';
import type { HttpLimits } from './http-limits.ts';
import { type Authorize, requestFile, requestOnce, toHttpUrl } from './http-request.ts';
import { readBody } from './read-body.ts';
import { retry } from './retry.ts';
import type { Transport } from './transport.ts';

export interface DocumentRequest {
  readonly url: string;
  readonly accept?: string;
  readonly authorize?: Authorize | undefined;
  readonly transport?: Transport | undefined;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}

/**
 * Fetches a small JSON document into memory.
 * @throws SourceError if it can't be fetched, is too long or is not JSON; the signal's reason
 */
export async function fetchDocument(request: DocumentRequest): Promise<unknown> {
  const text = await attemptSeveralTimes(request, async (attempt, signal) => {
    const { response } = await requestFile({ ...request, attempt, signal });
    if (response.status !== 200) throw toStatusFailure(response);
    return readText(request, response, attempt);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SourceError('its answer is not JSON', 'source', error);
  }
}

/** Fetches the headers of a URL without following redirects. */
export async function fetchHeaders(request: DocumentRequest): Promise<Headers> {
  return attemptSeveralTimes(request, async (attempt, signal) => {
    const response = await requestOnce(
      { ...request, method: 'HEAD', attempt, signal },
      toHttpUrl(request.url),
    );
    if (response.status >= 400) throw toStatusFailure(response);
    return response.headers;
  });
}

function attemptSeveralTimes<T>(
  { signal, limits }: DocumentRequest,
  ask: (attempt: AbortController, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return retry({
    signal,
    limits,
    broughtBytes: () => 0,
    attempt: async () => {
      const attempt = new AbortController();
      try {
        return await ask(attempt, AbortSignal.any([signal, attempt.signal]));
      } finally {
        attempt.abort();
      }
    },
  });
}

async function readText({ limits }: DocumentRequest, { body }: Response, attempt: AbortController) {
  const { documentBytesMax, stallTimeoutMs } = limits;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of readBody({ body, attempt, stallTimeoutMs })) {
    bytes += chunk.length;
    if (bytes > documentBytesMax) {
      throw new SourceError(`its answer is longer than ${documentBytesMax} bytes`, 'source');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
