import { readBodyText } from './read-body-text.ts';

/** Time for one answer of a server, in milliseconds. */
const answerMsMax = 10_000;

/** Characters that are read of one answer. */
const answerCharactersMax = 4 * 1024 ** 2;

export interface ServerQuestion {
  readonly url: string;
  readonly key: string | undefined;
  /** Sent as JSON with POST. Undefined: GET. */
  readonly body?: object;
  /** Default: 10 seconds. */
  readonly timeoutMs?: number;
}

export interface ServerAnswer {
  readonly status: number;
  /** Undefined if it is not JSON. */
  readonly body: unknown;
}

/** Undefined if no server answers there. */
export async function askServer(question: ServerQuestion): Promise<ServerAnswer | undefined> {
  const { url, key, body, timeoutMs = answerMsMax } = question;
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A key goes to the server that was named, and nowhere else.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: toJson(await readBodyText(response, answerCharactersMax)) };
  } catch {
    return undefined;
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
