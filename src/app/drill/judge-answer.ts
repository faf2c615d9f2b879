import { BackendError } from '../../backend/backend-error.ts';
import type { GenerationEvent, TokenUsage } from '../../backend/generation-event.ts';
import type { DrillTimes, FaultPromise } from './faults.ts';
import { toCodeWords, toFailureWords } from './to-failure-words.ts';
import { answerText, beginningText } from './upstream-answer.ts';

/** What the client and the upstream saw of one request. */
export interface SeenAnswer {
  readonly events: readonly GenerationEvent[];
  /** What was thrown; undefined: nothing. */
  readonly error: unknown;
  readonly elapsedMs: number;
  /** The drill gave up: nothing had come to an end by then. */
  readonly isGivenUp: boolean;
  /** Requests that reached the upstream. */
  readonly requests: number;
  /** Every one of them has ended there. */
  readonly isClosed: boolean;
}

/** How much later than promised an end may come, in milliseconds: the machine may be busy, and attempts have pauses. */
export const lateMsMax = 2000;

/** Tokens that nobody can have used in the drill: its prompt has four words. */
const drillTokensMax = 10_000;

/** What happened that must not happen; empty: every promise held. */
export function judgeAnswer(
  seen: SeenAnswer,
  promise: FaultPromise,
  { isStreamed, times }: { readonly isStreamed: boolean; readonly times: DrillTimes },
): readonly string[] {
  return [
    ...judgeEnd(seen, promise),
    ...judgeText(seen, promise, isStreamed),
    ...judgeUsage(seen, promise),
    ...judgeRequests(seen, promise, isStreamed),
    ...(seen.isClosed ? [] : ['the connection to the upstream stayed open']),
    ...judgeTime(seen, promise.endsWithinMs?.(times)),
  ];
}

function judgeEnd({ events, error, isGivenUp }: SeenAnswer, promise: FaultPromise): readonly string[] {
  if (isGivenUp) return ['the answer never ended'];
  const finishes = events.filter(({ type }) => type === 'finish').length;
  const ends = finishes + (error === undefined ? 0 : 1);
  if (ends === 0) return ['the answer stopped without a finish or an error'];
  if (ends > 1) return [`the answer had ${ends} ends in place of one`];
  if (finishes === 1) {
    const isLast = events.at(-1)?.type === 'finish';
    return [
      ...(promise.end === 'whole' ? [] : ['the answer looks whole']),
      ...(isLast ? [] : ['something came after the finish']),
    ];
  }
  if (promise.end === 'whole') return [`it failed with ${toFailureWords(error)}`];
  if (!(error instanceof BackendError) || !promise.end.includes(error.code)) {
    return [
      `it failed with ${toFailureWords(error)} in place of ${promise.end.map(toCodeWords).join(' or ')}`,
    ];
  }
  const { retryAfterMs } = promise;
  if (retryAfterMs === undefined || error.retryAfterMs === retryAfterMs) return [];
  return ['the retry-after of the upstream was not passed on'];
}

/** A stream sends what the upstream said as it comes, so it can't be taken back; a plain answer is whole or a failure. */
function judgeText(
  { events, error }: SeenAnswer,
  { end, beginsStream }: FaultPromise,
  isStreamed: boolean,
): readonly string[] {
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  if (end === 'whole') {
    return text === answerText || error !== undefined ? [] : ["the text is not the upstream's"];
  }
  const promised = beginsStream && isStreamed ? beginningText : '';
  if (text === promised || error === undefined) return [];
  return [`the text before the failure is ${JSON.stringify(text)} in place of ${JSON.stringify(promised)}`];
}

function judgeUsage({ events }: SeenAnswer, { replacesUsage }: FaultPromise): readonly string[] {
  const end = events.find((event) => event.type === 'finish');
  if (replacesUsage !== true || end === undefined || isPlausible(end.usage)) return [];
  return ['the usage of the upstream was believed'];
}

function isPlausible({ promptTokens, completionTokens, isEstimated = false }: TokenUsage): boolean {
  return (
    isEstimated && [promptTokens, completionTokens].every((count) => count >= 0 && count < drillTokensMax)
  );
}

function judgeRequests(
  { requests }: SeenAnswer,
  { requestsMax, beginsStream }: FaultPromise,
  isStreamed: boolean,
): readonly string[] {
  if (beginsStream && isStreamed && requests > 1) {
    return [`it was tried again after content: ${requests} requests reached the upstream`];
  }
  if (requests <= requestsMax) return [];
  return [`${requests} requests reached the upstream, ${requestsMax} may`];
}

function judgeTime({ elapsedMs, isGivenUp }: SeenAnswer, endsWithinMs = 0): readonly string[] {
  if (isGivenUp || elapsedMs <= endsWithinMs + lateMsMax) return [];
  return [`it took ${Math.round(elapsedMs)} ms, ${endsWithinMs} ms are promised`];
}
