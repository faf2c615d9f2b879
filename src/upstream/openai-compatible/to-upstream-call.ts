import { BackendError } from '../../backend/backend-error.ts';
import type { UpstreamCall } from '../upstream-call.ts';
import type { AnswerEnd } from './open-answer.ts';

export function toUpstreamCall(
  { error, usage, pace }: AnswerEnd,
  { model, promptKind, isStreamed }: Pick<UpstreamCall, 'model' | 'promptKind' | 'isStreamed'>,
): UpstreamCall {
  const { startedAtMs, firstTokenAtMs: firstChunkAtMs, lastPieceAtMs: lastChunkAtMs, tokenEvents } = pace;
  const failure = error instanceof BackendError ? error.code : 'cancelled';
  return {
    model,
    promptKind,
    isStreamed,
    startedAtMs,
    endedAtMs: performance.now(),
    firstChunkAtMs,
    lastChunkAtMs,
    chunks: tokenEvents,
    usage,
    errorType: error === undefined ? undefined : failure,
  };
}
