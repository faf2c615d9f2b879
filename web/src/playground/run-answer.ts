import { ApiError, isAbort, toErrorText } from '../api/api-error.ts';
import { sendRequest } from '../api/client.ts';
import { createStore, type Store } from '../api/create-store.ts';
import { readEventStream } from '../api/read-event-stream.ts';
import { type AnswerFold, createAnswerFold, StreamProblem } from './answer-fold.ts';
import type { Answer } from './conversation.ts';
import type { ChatRequest } from './to-chat-request.ts';

/** An answer under way. */
export interface AnswerRun {
  /** Of the message that it becomes. */
  readonly messageId: string;
  /** What has arrived, at most once for each frame of the screen. */
  readonly answer: Store<Answer>;
  /** The whole answer, also if it failed or was stopped. */
  readonly finished: Promise<Answer>;
  stop(): void;
}

export function runAnswer(messageId: string, model: string, request: ChatRequest): AnswerRun {
  const fold = createAnswerFold(model);
  const answer = createStore(fold.read());
  const abort = new AbortController();
  const startedAt = performance.now();
  const frame = createFrame(() => answer.set(fold.read()));
  const read = async (): Promise<Answer> => {
    let end: Pick<Answer, 'problem' | 'problemCode'> = { problem: undefined };
    try {
      const { body } = await sendRequest('/v1/chat/completions', {
        method: 'POST',
        body: request,
        signal: abort.signal,
      });
      if (body !== null) await readInto(fold, body, startedAt, frame.ask);
    } catch (error) {
      const hasCode = error instanceof ApiError || error instanceof StreamProblem;
      end = { problem: toProblem(error), problemCode: hasCode ? error.code : undefined };
    }
    frame.cancel();
    const whole = { ...fold.read(), ...end, durationMs: performance.now() - startedAt };
    answer.set(whole);
    return whole;
  };
  return { messageId, answer, finished: read(), stop: () => abort.abort() };
}

function toProblem(error: unknown): string {
  if (isAbort(error)) return 'Stopped.';
  // What browsers say of a connection that ends in the middle differs, and says nothing.
  if (error instanceof TypeError) return 'The connection broke off before the answer ended.';
  return toErrorText(error);
}

/** How long a stream is read before the page gets a turn. */
const sliceMsMax = 10;

async function readInto(
  fold: AnswerFold,
  body: ReadableStream<Uint8Array>,
  startedAt: number,
  onPiece: () => void,
): Promise<void> {
  let sliceStartedAt = performance.now();
  for await (const events of readEventStream(body)) {
    const now = performance.now();
    for (const event of events) fold.take(event, now - startedAt);
    onPiece();
    // Pieces that wait already are read without a pause, and the page could neither draw nor hear a click.
    if (now - sliceStartedAt < sliceMsMax) continue;
    await new Promise((resolve) => setTimeout(resolve));
    sliceStartedAt = performance.now();
  }
}

/** Does the work before the next frame, however often it is asked. A page in the background has no frames. */
function createFrame(work: () => void) {
  let handle: number | undefined;
  return {
    ask: () => {
      handle ??= requestAnimationFrame(() => {
        handle = undefined;
        work();
      });
    },
    cancel: () => {
      if (handle !== undefined) cancelAnimationFrame(handle);
    },
  };
}
