import { ApiError, ConnectionError, isAbort } from './api-error.ts';
import { noteConnection } from './connection.ts';
import { dropKey, sessionKey } from './session-key.ts';

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request with the key, and resolves with the answer if the status is a success. @throws {ApiError | ConnectionError} */
export async function sendRequest(path: string, request: ApiRequest = {}): Promise<Response> {
  const { method = 'GET', body, signal } = request;
  const key = sessionKey.get();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: signal ?? null,
      cache: 'no-store',
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    noteConnection(false);
    throw new ConnectionError(error);
  }
  noteConnection(true);
  if (response.ok) return response;
  // Only if it is still the key of this tab: an answer may come after another key was put in.
  if (response.status === 401 && key !== undefined && key === sessionKey.get()) dropKey();
  throw new ApiError(response.status, await readJson(response));
}

/** The answer as JSON. @throws {ApiError | ConnectionError} */
export async function callApi<Answer>(path: string, request?: ApiRequest): Promise<Answer> {
  const response = await sendRequest(path, request);
  return (await response.json()) as Answer;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
