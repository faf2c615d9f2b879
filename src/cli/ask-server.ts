/** Time for one answer of a server, in milliseconds. */
const answerMsMax = 10_000;

/** Characters that are read of one answer. */
const answerCharactersMax = 4 * 1024 ** 2;

export interface ServerQuestion {
  readonly url: string;
  readonly key: string | undefined;
  /** Sent as JSON with POST. Undefined: GET. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
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
  const { url, key, body, headers, timeoutMs = answerMsMax } = question;
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A key goes to the server that was named, and nowhere else.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: toJson(await readText(response)) };
  } catch {
    return undefined;
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > answerCharactersMax) throw new Error('The answer is too long.');
  }
  return text;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
