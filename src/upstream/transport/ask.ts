import type { Connections } from './connections.ts';
import type { AnswerHead, ExchangeRequest } from './exchange.ts';

/** What one question may cost. */
export interface AskLimits {
  readonly totalMs: number;
  readonly answerBytesMax: number;
  readonly signal: AbortSignal;
  /** Called before a failure is thrown, if the upstream has the request. */
  readonly onUnanswered?: (() => void) | undefined;
}

export interface WholeAnswer extends AnswerHead {
  readonly text: string;
}

/** An answer that took too long. */
export class AnswerTooSlowError extends Error {
  constructor(ms: number) {
    super(`The upstream did not answer within ${ms} ms.`);
    this.name = 'AnswerTooSlowError';
  }
}

export class AnswerTooLongError extends Error {
  constructor(bytesMax: number) {
    super(`The upstream's answer has more than ${bytesMax} bytes.`);
    this.name = 'AnswerTooLongError';
  }
}

/** Asks, and reads the whole answer. A signal that aborts closes the connection, and its reason is thrown. */
export function ask(
  connections: Connections,
  request: ExchangeRequest,
  { totalMs, answerBytesMax, signal, onUnanswered }: AskLimits,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let head: AnswerHead | undefined;
    const pieces: Buffer[] = [];
    let bytes = 0;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (error: unknown) =>
      end(() => {
        if (exchange.wasSent && (head === undefined || head.status === 200)) onUnanswered?.();
        reject(error);
      });
    const breakOff = (error: unknown) => {
      exchange.abort();
      fail(error);
    };
    const onAbort = () => breakOff(signal.reason);
    const exchange = connections.open(request, {
      onHead: (told) => {
        head = told;
      },
      onBytes: (piece) => {
        bytes += piece.length;
        if (bytes > answerBytesMax) breakOff(new AnswerTooLongError(answerBytesMax));
        else pieces.push(piece);
      },
      onEnd: () =>
        end(() => resolve({ status: head?.status ?? 0, headers: head?.headers ?? {}, text: toText(pieces) })),
      onFailure: fail,
    });
    const timer = setTimeout(() => breakOff(new AnswerTooSlowError(totalMs)), totalMs);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** A byte order mark is no part of the text. */
export function toText(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}
