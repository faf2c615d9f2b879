import type { AnswerKeeper } from '../service/idempotency/answer-keeper.ts';
import { keptHeader, pickKept } from './kept-headers.ts';
import type { RequestState } from './request-state.ts';

/** The text of a stream, gathered while it goes out. */
export interface StreamRecording {
  add(text: string): void;
  /** Keeps the stream, which is whole with this text. */
  keep(end: string): Promise<void>;
}

/** undefined: the request has no idempotency key, or its answer can't be kept. */
export function createStreamRecording(
  { answerKeeper, model }: RequestState,
  headers: Readonly<Record<string, string>>,
): StreamRecording | undefined {
  return answerKeeper?.canKeep ? record(answerKeeper, model, headers) : undefined;
}

/** Says so where the stream can't be kept. Otherwise that is known when its headers have gone out. */
export function toKeptHeaders({ answerKeeper }: RequestState): Record<string, string> {
  return answerKeeper?.canKeep === false ? { [keptHeader]: 'false' } : {};
}

function record(
  keeper: AnswerKeeper,
  model: string | undefined,
  headers: Readonly<Record<string, string>>,
): StreamRecording {
  const texts: string[] = [];
  let characters = 0;
  return {
    add(text) {
      characters += text.length;
      // A character takes a byte or more. What is too large is refused when it is kept, and gathered no further.
      if (characters - text.length <= keeper.answerBytesMax) texts.push(text);
    },
    async keep(end) {
      texts.push(end);
      await keeper.keep({ model, isStreamed: true, headers: pickKept(headers), text: texts.join('') });
    },
  };
}
