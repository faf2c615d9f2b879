import { connect, type Socket } from 'node:net';
import type { NewKey } from '../../src/service/keys/new-key.ts';
import type { TestApp } from '../start-test-app.ts';

/** Just enough of a request that every scripted model takes. */
export function chatBody(model: string, more: object = {}): string {
  return JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more });
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly path?: string;
}

/** Posts to the chat endpoint, or to another path, with the app's key; a text is sent as it is. */
export function postChat(
  { url, key }: Pick<TestApp, 'url' | 'key'>,
  body: string | Buffer,
  options: PostOptions = {},
): Promise<Response> {
  const { headers = {}, signal, path = '/v1/inference/chat/completions' } = options;
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Asks a model with a key, and says with which status it is answered. */
export async function readChatStatus(url: string, key: string, model: string, more = {}): Promise<number> {
  const answer = await postChat({ url, key }, chatBody(model, more));
  await answer.text();
  return answer.status;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: POST with a body, GET without. */
  readonly method?: string;
  readonly signal?: AbortSignal;
}

/** Sends a body as JSON; a text is sent as it is. */
export function sendJson(
  url: string,
  body: unknown,
  { headers = {}, method, signal }: Sent,
): Promise<Response> {
  return fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The head of a raw chat request, its lines ended as HTTP wants them. */
export function rawHead(app: TestApp, lines: readonly string[]): string {
  return [
    'POST /v1/inference/chat/completions HTTP/1.1',
    'Host: gravix',
    `Authorization: Bearer ${app.key}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');
}

export interface RawConnection {
  readonly socket: Socket;
  /** All that has arrived until now. */
  text(): string;
  /** Resolves with all that arrived when the server has ended or cut the connection. */
  readonly closed: Promise<string>;
  /** Resolves when what has arrived fits the pattern; rejects when the connection closes before. */
  until(pattern: RegExp): Promise<string>;
}

/** A bare socket: what a client library would hide is seen here byte by byte. */
export function openRawConnection(port: number): RawConnection {
  const socket = connect({ host: '127.0.0.1', port });
  let arrived = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    arrived += text;
  });
  // A reset is one of the ways in which a server may cut a connection.
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.once('end', () => resolve(arrived));
    socket.once('close', () => resolve(arrived));
  });
  return {
    socket,
    text: () => arrived,
    closed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(arrived)) return;
          socket.off('data', look);
          resolve(arrived);
        };
        socket.on('data', look);
        socket.once('close', () => reject(new Error(`Closed before ${pattern} came: ${arrived}`)));
        look();
      }),
  };
}

/** The last of so many answers to a new key. */
export async function postWithPolicy(
  app: TestApp,
  policy: Omit<NewKey, 'name'>,
  times = 1,
): Promise<Response> {
  const { key } = await app.keys.create({ name: 'one more', ...policy });
  const headers = { authorization: `Bearer ${key}` };
  for (let left = times; left > 1; left -= 1) {
    await (await postChat(app, chatBody('good'), { headers })).text();
  }
  return postChat(app, chatBody('good'), { headers });
}

/** What a raw connection carried, as the answer that it is. */
export async function sendRawRequest(app: TestApp, text: string): Promise<Response> {
  const { socket, closed } = openRawConnection(app.port);
  socket.write(text);
  const [head = '', body = ''] = (await closed).split('\r\n\r\n');
  socket.destroy();
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return new Response(body, { status: Number(statusLine.split(' ')[1]), headers });
}

/** The data of a whole stream's events, as texts. */
export function toEventTexts(stream: string): string[] {
  return stream
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice('data: '.length));
}

/** Polls until the condition holds; what must not be timed tightly is bounded by the test's own time limit. */
export async function eventually(condition: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > giveUpAtMs) throw new Error(`This never came true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function assertAlive(app: TestApp): Promise<void> {
  const answer = await fetch(`${app.url}/health`);
  if (answer.status !== 200) throw new Error(`/health answered ${answer.status}`);
}

/** What the tests look into; which of it is there is for them to say. */
export interface AnswerBody {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly data: readonly { readonly id: string }[];
  readonly choices: readonly {
    readonly message: { readonly content: string };
    readonly finish_reason: string;
  }[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
    readonly prompt_tokens_details: { readonly cached_tokens: number };
  };
  readonly error: { readonly message: string; readonly type: string; readonly code: string | null };
}

export async function readJson(answer: Response): Promise<AnswerBody> {
  return JSON.parse(await answer.text());
}

/** An answer of any endpoint, for tests that look into all of it. */
// biome-ignore lint/suspicious/noExplicitAny: what is in it is for the test to say.
export async function readAny(answer: Response): Promise<any> {
  return JSON.parse(await answer.text());
}
