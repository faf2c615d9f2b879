import { BackendError } from '../../backend/backend-error.ts';
import type { UpstreamCall } from '../upstream-call.ts';
import type { AnswerEnd } from './open-answer.ts';

export type AskedCall = Pick<
  UpstreamCall,
  'requestId' | 'parentTraceparent' | 'traceparent' | 'model' | 'purpose' | 'isStreamed'
>;

export function toUpstreamCall(
  { error, usage, pace, upstreamRequestId }: AnswerEnd,
  asked: AskedCall,
): UpstreamCall {
  const { startedAtMs, firstTokenAtMs: firstChunkAtMs, lastPieceAtMs: lastChunkAtMs, tokenEvents } = pace;
  const failure = error instanceof BackendError ? error.code : 'cancelled';
  return {
    ...asked,
    upstreamRequestId,
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
