import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorBody } from '../protocol/openai/shared/error.ts';
import {
  doneEvent,
  pingComment,
  toDataEvent,
  toErrorEvent,
} from '../protocol/openai/shared/server-sent-events.ts';
import type { Logger } from '../telemetry/logger.ts';
import { ClientLeftError } from './client-signal.ts';
import { toHttpFailure } from './http-error.ts';
import { toAnswerHeaders } from './request-state.ts';

/** How long a client may take to receive the event that says why its stream broke, in milliseconds. */
const errorEventMsMax = 2000;

/** How chunks and ends are written; chat's form unless an endpoint has its own. */
export interface EventStreamForm<Chunk> {
  toEvent(chunk: Chunk): string;
  /** Ends a stream that is whole. */
  readonly end: string;
  /** Ends one that is not. */
  toFailure(body: ErrorBody): string;
}

export interface EventStreamOptions {
  /** A stream that is silent for this long gets a comment line, in milliseconds. */
  readonly pingMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** Ends the wait for a client that does not read. */
  readonly signal: AbortSignal;
}

const chatForm: EventStreamForm<object> = {
  toEvent: toDataEvent,
  end: doneEvent,
  toFailure: toErrorEvent,
};

/**
 * Sends chunks as server-sent events, each as it is made. A failure becomes one last error event, and the
 * connection is cut without the end that HTTP knows: a broken stream must never look whole.
 */
export async function sendEventStream<Chunk extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  chunks: AsyncIterable<Chunk>,
  { pingMs, headers, logger, signal }: EventStreamOptions,
  form: EventStreamForm<Chunk> = chatForm,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...toAnswerHeaders(request),
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // Reverse proxies such as nginx would otherwise gather chunks.
    'x-accel-buffering': 'no',
  });
  const ping = setInterval(() => raw.write(pingComment), pingMs);
  try {
    for await (const chunk of chunks) {
      // What was made before an abort is still in the channel: nobody is left to read it.
      signal.throwIfAborted();
      ping.refresh();
      if (!raw.write(form.toEvent(chunk))) {
        await waitForDrain(raw, signal);
      }
    }
    raw.end(form.end);
  } catch (error) {
    breakOff({ request, raw, error, logger, form });
  } finally {
    clearInterval(ping);
  }
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
  readonly error: unknown;
  readonly logger: Logger;
  readonly form: Pick<EventStreamForm<never>, 'toFailure'>;
}

function breakOff({ request, raw, error, logger, form }: Break): void {
  if (error instanceof ClientLeftError) {
    raw.destroy();
    return;
  }
  const failure = toHttpFailure(error, request.state.toParam);
  request.state.streamErrorCode = failure.body.error.code ?? 'server_error';
  if (failure.isUnexpected) {
    logger.error({ err: error, requestId: request.id }, 'a stream failed unexpectedly');
  }
  // Whoever does not read may never take the error either, and would hold the connection for good.
  const timer = setTimeout(() => raw.destroy(), errorEventMsMax).unref();
  raw.once('close', () => clearTimeout(timer));
  raw.write(form.toFailure(failure.body), () => raw.destroy());
}
