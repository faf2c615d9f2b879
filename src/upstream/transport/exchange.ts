import type { Client, Dispatcher } from 'undici';

/** One request, as it goes to an upstream. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'POST';
  /** From the root of the server. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Time to open a connection, with TLS, in milliseconds. */
  readonly connectMs: number;
}

export interface AnswerHead {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Hears what becomes of a request, after it was opened: a head and bytes, and then an end or a failure, or a failure alone. */
export interface ExchangeSink {
  /** The upstream gets the request now; again if the connection was closed before and another one is used. */
  readonly onSent?: () => void;
  onHead(head: AnswerHead): void;
  onBytes(bytes: Buffer): void;
  onEnd(): void;
  /** As undici reports it. */
  onFailure(error: Error): void;
}

/** A request under way. */
export interface Exchange {
  /** The upstream has the request, or a part of it. */
  readonly wasSent: boolean;
  /** Reads no more from the socket: the upstream has to wait. */
  pause(): void;
  resume(): void;
  /** Closes the connection at once. The sink hears nothing more. */
  abort(): void;
}

/** A connection to send one request on. */
export interface Connection {
  readonly client: Client;
  /** It was open before, and may have been closed by the upstream meanwhile. */
  readonly isReused: boolean;
}

export interface ConnectionSource {
  /** @param isFresh not one that was open before */
  take(connectMs: number, isFresh: boolean): Connection;
  release(connection: Connection): void;
  drop(connection: Connection): void;
}

/** Heads before the answer's own, such as 103. */
const informationalHeadsMax = 16;

const aborted = new Error('The request was aborted.');

/** Sends a request. A failure to send it is heard like any other. */
export function startExchange(
  source: ConnectionSource,
  request: ExchangeRequest,
  sink: ExchangeSink,
): Exchange {
  const exchange = new HttpExchange(source, request, sink);
  exchange.send(false);
  return exchange;
}

class HttpExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #source: ConnectionSource;
  readonly #request: ExchangeRequest;
  readonly #sink: ExchangeSink;
  #connection: Connection | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  wasSent = false;
  #isSending = false;
  #hasHead = false;
  #isOver = false;
  #isPaused = false;
  #informationalHeads = 0;

  constructor(source: ConnectionSource, request: ExchangeRequest, sink: ExchangeSink) {
    this.#source = source;
    this.#request = request;
    this.#sink = sink;
  }

  send(isFresh: boolean): void {
    const { connectMs, method, path, headers, body = null } = this.#request;
    this.#controller = undefined;
    // One whose connection was closed without an answer was not served.
    this.wasSent = false;
    this.#isSending = true;
    try {
      this.#connection = this.#source.take(connectMs, isFresh);
      this.#connection.client.dispatch({ method, path, headers, body }, this);
    } catch (error) {
      this.#failLater(error);
    }
    this.#isSending = false;
  }

  pause(): void {
    this.#isPaused = true;
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Before the connection is open there is nothing to abort yet: `onRequestStart` does it.
    this.#controller?.abort(aborted);
    this.#leave();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) {
      controller.abort(aborted);
      return;
    }
    this.wasSent = true;
    this.#sink.onSent?.();
    if (this.#isPaused) controller.pause();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: AnswerHead['headers'],
  ): void {
    if (this.#isOver) return;
    if (status < 200) {
      this.#informationalHeads += 1;
      if (this.#informationalHeads > informationalHeadsMax) {
        controller.abort(new Error('The upstream sends informational answers without an end.'));
      }
      return;
    }
    this.#hasHead = true;
    this.#sink.onHead({ status, headers });
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (!this.#isOver) this.#sink.onBytes(bytes);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#source.release(connection);
    this.#sink.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    // What undici finds wrong with a request, such as a header, it says before `dispatch` returns.
    if (this.#isSending) {
      this.#failLater(error);
      return;
    }
    const wasReused = this.#connection?.isReused === true;
    this.#leave();
    // An upstream closes connections that are idle, and may do so while a request is on its way. Some, such as llama-server,
    // close one behind a streamed answer without a word before.
    if (wasReused && !this.#hasHead && wasClosed(error)) {
      this.send(true);
      return;
    }
    this.#fail(error);
  }

  /** Who sends the request has nothing in hand yet that could fail. */
  #failLater(error: unknown): void {
    queueMicrotask(() => {
      if (this.#isOver) return;
      this.#leave();
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.onFailure(error);
  }

  #leave(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#source.drop(connection);
  }
}

function wasClosed(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}
