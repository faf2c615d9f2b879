import { BackendError } from '../../backend/backend-error.ts';
import type { UpstreamCall } from '../upstream-call.ts';
import type { AnswerEnd } from './open-answer.ts';

export type AskedCall = Pick<UpstreamCall, 'requestId' | 'model' | 'promptKind' | 'isStreamed'>;

export function toUpstreamCall(
  { error, usage, pace, upstreamRequestId }: AnswerEnd,
  { requestId, model, promptKind, isStreamed }: AskedCall,
): UpstreamCall {
  const { startedAtMs, firstTokenAtMs: firstChunkAtMs, lastPieceAtMs: lastChunkAtMs, tokenEvents } = pace;
  const failure = error instanceof BackendError ? error.code : 'cancelled';
  return {
    requestId,
    upstreamRequestId,
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
    error,
  };
}
