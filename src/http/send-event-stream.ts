import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  doneEvent,
  pingComment,
  toDataEvent,
  toErrorEvent,
} from '../protocol/openai/shared/server-sent-events.ts';
import type { Logger } from '../telemetry/logger.ts';
import { ClientLeftError } from './client-signal.ts';
import { createGatheredText, type GatheredText } from './gathered-text.ts';
import { type HttpFailure, toHttpFailure } from './http-error.ts';
import { toAnswerHeaders } from './request-state.ts';
import { createStreamRecording, toKeptHeaders } from './stream-recording.ts';

/** How long a client may take to receive the event that says why its stream broke, in milliseconds. */
const errorEventMsMax = 2000;

/** How events are written. */
export interface EventStreamForm<Event> {
  /** Sent at once, in a stream whose first event may be long in coming: the headers would come with that. */
  readonly start?: string;
  /** The server-sent events for an event, as text; a promise where something must be done before they go out. */
  write(event: Event): string | Promise<string>;
  /** Ends a stream that is whole. */
  readonly end: string;
  /** The last event of one that is not. */
  writeFailure(failure: HttpFailure, requestId: string): string;
  /**
   * The event of a failure is an end of the answer in this API, so no client takes the stream for a whole one. Default:
   * false, and the connection is cut.
   */
  readonly endsWithFailure?: boolean;
  /** Keeps a silent connection open. Default: a comment. */
  readonly ping?: string;
}

export interface EventStreamOptions {
  /** A stream that is silent for this long gets a comment line, in milliseconds. */
  readonly pingMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** Ends the wait for a client that does not read. */
  readonly signal: AbortSignal;
}

/** The form of most endpoints: chunks without a name, and `[DONE]`. */
export function toDataForm<Event>(
  toChunks: (event: Event) => readonly object[] | Promise<readonly object[]>,
): EventStreamForm<Event> {
  const write = (chunks: readonly object[]) => chunks.map(toDataEvent).join('');
  return {
    write: (event) => {
      const chunks = toChunks(event);
      return chunks instanceof Promise ? chunks.then(write) : write(chunks);
    },
    end: doneEvent,
    writeFailure: ({ body }) => toErrorEvent(body),
  };
}

/**
 * Sends server-sent events, each as it is made. A broken stream must never look whole: a failure becomes the last event,
 * and the connection is cut without the end that HTTP knows, unless the event itself says that the answer ended.
 */
export async function sendEventStream<Event>(
  request: FastifyRequest,
  reply: FastifyReply,
  events: AsyncIterable<Event>,
  form: EventStreamForm<Event>,
  { pingMs, headers, logger, signal }: EventStreamOptions,
): Promise<void> {
  const raw = openEventStream(request, reply, { ...toKeptHeaders(request.state), ...headers });
  // Node would keep the headers back until a body comes, which an answer to HEAD never has.
  if (request.method === 'HEAD') {
    raw.end();
    return;
  }
  if (form.start !== undefined) raw.write(form.start);
  const recording = createStreamRecording(request.state, headers);
  const gathered = createGatheredText(raw);
  const ping = setInterval(() => raw.write(form.ping ?? pingComment), pingMs);
  try {
    for await (const event of events) {
      // Events from before an abort are still in the queue, without a reader.
      signal.throwIfAborted();
      const written = form.write(event);
      // A token does not wait for a promise that nothing needs.
      const text = typeof written === 'string' ? written : await written;
      if (text === '') continue;
      ping.refresh();
      recording?.add(text);
      gathered.add(text);
      if (raw.writableNeedDrain) await waitForDrain(raw, signal);
    }
    await recording?.keep(form.end);
    raw.end(`${gathered.take()}${form.end}`);
  } catch (error) {
    breakOff({ request, raw, gathered, error, logger, form });
  } finally {
    clearInterval(ping);
  }
}

/** Sends the headers of a stream, which is then the caller's to write and to end. */
export function openEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
): ServerResponse {
  reply.hijack();
  return reply.raw.writeHead(200, {
    ...toAnswerHeaders(request),
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // Reverse proxies such as nginx would otherwise gather chunks.
    'x-accel-buffering': 'no',
  });
}

function waitForDrain(raw: ServerResponse, signal: AbortSignal): Promise<void> {
  if (signal.aborted || raw.closed) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done);
      raw.off('close', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    raw.once('drain', done);
    raw.once('close', done);
    signal.addEventListener('abort', done, { once: true });
  });
}

interface Break {
  readonly request: FastifyRequest;
  readonly raw: ServerResponse;
  readonly gathered: GatheredText;
  readonly error: unknown;
  readonly logger: Logger;
  readonly form: Pick<EventStreamForm<never>, 'writeFailure' | 'endsWithFailure'>;
}

function breakOff({ request, raw, gathered, error, logger, form }: Break): void {
  if (error instanceof ClientLeftError) {
    raw.destroy();
    return;
  }
  const failure = toHttpFailure(error, request.state.toParam);
  request.state.streamErrorCode = failure.body.error.code ?? 'server_error';
  if (failure.isUnexpected) {
    logger.error({ err: error, requestId: request.id }, 'a stream failed unexpectedly');
  }
  // A client that does not read may never receive the error, and would hold the connection forever.
  const timer = setTimeout(() => raw.destroy(), errorEventMsMax).unref();
  raw.once('close', () => clearTimeout(timer));
  const text = `${gathered.take()}${form.writeFailure(failure, request.id)}`;
  if (form.endsWithFailure) raw.end(text);
  else raw.write(text, () => raw.destroy());
}
