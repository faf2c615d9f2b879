import type { ServerProcess } from '../server-process.ts';

export const defaultModel = 'smollm2:135m-instruct-q4_1';

export interface Completion {
  readonly choices: readonly [
    { readonly message: { readonly content: string }; readonly finish_reason: string },
  ];
  readonly usage: Usage;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
}

type Addressed = Pick<ServerProcess, 'url' | 'key'>;

export function post(server: Addressed, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.url}/v1/inference/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: defaultModel, temperature: 0, ...body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** A plain answer; anything but 200 is an error with the body in it. */
export async function complete(server: Addressed, body: object): Promise<Completion> {
  const answer = await post(server, body);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`);
  return JSON.parse(text);
}

export function user(content: string) {
  return { role: 'user', content } as const;
}

/** A streamed answer under way, read to its end in the background. */
export interface RunningStream {
  /** The text so far. */
  text(): string;
  /** Every delta so far, as it came. */
  deltas(): readonly string[];
  /** Resolves when the first text is there. */
  readonly begun: Promise<void>;
  /** Resolves when the connection has ended, whole or cut. */
  readonly ended: Promise<StreamEnding>;
}

export interface StreamEnding {
  readonly isDone: boolean;
  /** The connection was cut instead of ended. */
  readonly isCut: boolean;
  readonly errors: readonly { readonly code: string | null; readonly message: string }[];
  readonly usage: Usage | undefined;
  readonly finishReason: string | undefined;
}

interface Chunk {
  readonly error?: { readonly code: string | null; readonly message: string };
  readonly usage?: Usage | null;
  readonly choices?: readonly {
    readonly delta: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
}

export async function openStream(
  server: Addressed,
  body: object,
  signal?: AbortSignal,
): Promise<RunningStream> {
  const streamed = { ...body, stream: true, stream_options: { include_usage: true } };
  const answer = await post(server, streamed, signal);
  if (answer.status !== 200 || answer.body === null) {
    throw new Error(`${answer.status}: ${await answer.text()}`);
  }
  const deltas: string[] = [];
  const chunks: Chunk[] = [];
  let isDone = false;
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const take = (event: string) => {
    if (event === 'data: [DONE]') isDone = true;
    else if (event.startsWith('data: ')) {
      const chunk: Chunk = JSON.parse(event.slice('data: '.length));
      chunks.push(chunk);
      const content = chunk.choices?.[0]?.delta.content ?? '';
      if (content !== '') {
        deltas.push(content);
        begin();
      }
    }
  };
  const ended = readEvents(answer.body, take).then((isCut): StreamEnding => {
    begin();
    return {
      isDone,
      isCut,
      errors: chunks.flatMap(({ error }) => (error === undefined ? [] : [error])),
      usage: chunks.find(({ usage }) => usage !== null && usage !== undefined)?.usage ?? undefined,
      finishReason: chunks.flatMap(({ choices }) => choices?.[0]?.finish_reason ?? [])[0],
    };
  });
  return { text: () => deltas.join(''), deltas: () => deltas, begun, ended };
}

/** Resolves with whether the connection was cut. */
async function readEvents(body: ReadableStream<Uint8Array>, take: (event: string) => void): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for await (const bytes of body) {
      rest += decoder.decode(bytes, { stream: true });
      const events = rest.split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) take(event);
    }
    return false;
  } catch {
    return true;
  }
}

/** Polls a status until it is the wanted one. */
export async function waitForStatus(url: string, status: number): Promise<void> {
  const giveUpAtMs = performance.now() + 60_000;
  while ((await fetch(url).catch(() => undefined))?.status !== status) {
    if (performance.now() > giveUpAtMs) throw new Error(`${url} never answered ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Polls the figures of a server with one model and open metrics until so many requests run or wait. */
export async function waitForRequests(
  { url }: { readonly url: string },
  kind: 'running' | 'waiting',
  count: number,
): Promise<void> {
  const line = new RegExp(`^gravix_requests_${kind}\\{[^}]*\\} ${count}$`, 'm');
  const giveUpAtMs = performance.now() + 60_000;
  while (!line.test(await (await fetch(`${url}/metrics`)).text())) {
    if (performance.now() > giveUpAtMs) throw new Error(`There were never ${count} requests ${kind}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
