import {
  type ChatStreamEvent,
  ChatStreamFailure,
  readChatCompletionStream,
} from '../protocol/openai/chat/read-chat-completion-stream.ts';
import { type ChatTurn, toStreamedChatRequest } from '../protocol/openai/chat/to-streamed-chat-request.ts';
import { EventStreamError } from '../protocol/openai/shared/event-stream-parser.ts';
import { parseErrorBody, type ReceivedError } from '../protocol/openai/shared/parse-error-body.ts';
import { readBodyText } from './read-body-text.ts';

/** A failed turn. The message is one or two sentences for the user. */
export class ChatFailure extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ChatFailure';
  }
}

export interface ChatClientOptions {
  /** The server's address, with or without the API's base path. */
  readonly url: string;
  readonly key: string | undefined;
  readonly model: string;
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
}

export interface ChatClient {
  /**
   * Asks for the next answer. Aborting `signal` ends the request and throws an abort error from the loop over
   * the events.
   * @throws ChatFailure
   */
  ask(turns: readonly ChatTurn[], signal: AbortSignal): AsyncIterable<ChatStreamEvent>;
}

/** Give up on a server that sends nothing, not even a ping, for this long, in milliseconds. */
const silenceMsMax = 180_000;
/** Maximum characters read from the body of an error. */
const failureCharactersMax = 64 * 1024;

/** Holds no connection between requests, so there is nothing to close. */
export function createChatClient(options: ChatClientOptions): ChatClient {
  return { ask: (turns, signal) => ask(options, turns, signal) };
}

async function* ask(
  options: ChatClientOptions,
  turns: readonly ChatTurn[],
  signal: AbortSignal,
): AsyncGenerator<ChatStreamEvent, void, undefined> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMsMax);
  try {
    const response = await send(options, turns, AbortSignal.any([signal, silence.signal]));
    if (!response.ok) throw toRefusal(options, response, await readFailure(response));
    if (response.body === null) throw new EventStreamError('The answer is empty.');
    yield* readChatCompletionStream(onEachPiece(response.body, () => timer.refresh()));
  } catch (error) {
    if (signal.aborted || error instanceof ChatFailure) throw error;
    if (silence.signal.aborted) {
      throw new ChatFailure(`The server sent nothing for ${silenceMsMax / 1000} seconds.`, error);
    }
    throw toBrokenAnswer(error);
  } finally {
    clearTimeout(timer);
  }
}

async function send(
  options: ChatClientOptions,
  turns: readonly ChatTurn[],
  signal: AbortSignal,
): Promise<Response> {
  const { url, key } = options;
  try {
    return await fetch(toCompletionsUrl(url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(toStreamedChatRequest({ ...options, messages: turns })),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ChatFailure(
      `No server answers at ${url} (${toReason(error)}). Start one with \`gravix serve\`, or set another URL with --url.`,
      error,
    );
  }
}

/** Also accepts the base URL that other clients use. */
function toCompletionsUrl(url: string): string {
  const base = url.replace(/\/+$/, '');
  return /\/v1(\/inference)?$/.test(base)
    ? `${base}/chat/completions`
    : `${base}/v1/inference/chat/completions`;
}

async function* onEachPiece(pieces: AsyncIterable<Uint8Array>, tell: () => void) {
  for await (const piece of pieces) {
    tell();
    yield piece;
  }
}

/** Undefined if the body is not an OpenAI error. */
async function readFailure(response: Response): Promise<ReceivedError | undefined> {
  try {
    return parseErrorBody(JSON.parse(await readBodyText(response, failureCharactersMax)));
  } catch {
    return undefined;
  }
}

function toRefusal(options: ChatClientOptions, response: Response, received?: ReceivedError): ChatFailure {
  const said = toSentence(received?.message ?? `it answered with status ${response.status}`);
  const wait = response.headers.get('retry-after');
  if (received?.code === 'context_length_exceeded') {
    return new ChatFailure(`${said} The conversation no longer fits; /clear starts a new one.`);
  }
  switch (response.status) {
    case 401:
      return new ChatFailure(
        options.key === undefined
          ? 'The server requires an API key. Set GRAVIXLAYER_API_KEY.'
          : 'The server refused the API key. Create one with `gravix keys create` and set GRAVIXLAYER_API_KEY to it.',
      );
    case 404:
      return new ChatFailure(
        received?.code === 'model_not_found'
          ? `${said} Choose a model that this server has with --model.`
          : `There is no chat API at ${options.url}. Is it the URL of a Gravix server?`,
      );
    case 429:
    case 503:
      return new ChatFailure(
        `The server can't answer now: ${said}${wait === null ? '' : ` Try again in ${toWait(wait)}.`}`,
      );
    default:
      return new ChatFailure(`The server refused the request: ${said}`);
  }
}

function toBrokenAnswer(error: unknown): ChatFailure {
  if (error instanceof ChatStreamFailure) {
    return new ChatFailure(`The answer broke off: ${toSentence(error.message)}`, error);
  }
  if (error instanceof EventStreamError) {
    return new ChatFailure(`The answer broke off. ${error.message}`, error);
  }
  return new ChatFailure(`The answer broke off: the connection was lost (${toReason(error)}).`, error);
}

/** Seconds or a date, as RFC 9110 allows. */
function toWait(retryAfter: string): string {
  return /^\d+$/.test(retryAfter) ? `${retryAfter} s` : `a while (${retryAfter})`;
}

function toSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The cause behind `fetch failed` or `terminated`, which say nothing useful. */
function toReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error) {
    return 'code' in cause ? String(cause.code) : cause.message;
  }
  return String(cause);
}
