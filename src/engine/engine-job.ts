// One request of the engine client on its way: first in the queue, then in a slot, and what it has cost so far.
import { BackendError } from '../backend/backend-error.ts';
import { type GenerationEvent, noUsage, type TokenUsage } from '../backend/generation-event.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import { createEventQueue, type EventQueue } from '../queueing/event-queue.ts';
import { createDeferred } from './deferred.ts';
import type { RunCounts } from './engine-message.ts';

export interface EngineJob {
  readonly request: GenerationRequest;
  /** It has no bound: there is at most one for each token of a context, so a stalled reader holds a few hundred kilobytes. */
  readonly events: EventQueue<GenerationEvent>;
  readonly arrivedAtMs: number;
  queueTimer: NodeJS.Timeout | undefined;
  cancelTimer: NodeJS.Timeout | undefined;
  sentAtMs: number | undefined;
  /** The process has begun with its prompt. */
  readonly hasStarted: boolean;
  /** It has made a token, or is finished. */
  readonly hasFirstToken: boolean;
  readonly isFinished: boolean;
  readonly settled: Promise<TokenUsage>;
  /** The process has made an event of it. */
  take(event: GenerationEvent): void;
  /** The progress that the process has reported. */
  noteCounts(counts: RunCounts): void;
  /** Nothing of it is left; only the first time counts. `usage`: as the process counted at the end; undefined: it never did. */
  settle(usage?: TokenUsage): void;
}

/** @param onLeave its reader has left, or is done. */
export function createEngineJob(
  request: GenerationRequest,
  onLeave: () => void,
  onSettled: () => void,
): EngineJob {
  const events = createEventQueue<GenerationEvent>({ onReturn: onLeave });
  const settled = createDeferred<TokenUsage>();
  let known = noUsage;
  let counts: RunCounts | undefined;
  let hasStarted = false;
  let hasFirstToken = false;
  let isFinished = false;
  return {
    request,
    events,
    arrivedAtMs: performance.now(),
    queueTimer: undefined,
    cancelTimer: undefined,
    sentAtMs: undefined,
    settled: settled.promise,
    get hasStarted() {
      return hasStarted;
    },
    get hasFirstToken() {
      return hasFirstToken;
    },
    get isFinished() {
      return isFinished;
    },
    take: (event) => {
      if (event.type === 'started') {
        hasStarted = true;
        known = { ...noUsage, promptTokens: event.promptTokens ?? 0, cachedTokens: event.cachedTokens ?? 0 };
      } else if (event.type === 'finish') {
        isFinished = true;
        known = event.usage;
      }
      hasFirstToken ||= event.type !== 'started' && event.type !== 'echo';
      events.push(event);
    },
    noteCounts: (reported) => {
      counts = reported;
    },
    settle: (usage) => {
      settled.resolve(usage ?? (isFinished || !hasStarted ? known : estimate(known, counts)));
      onSettled();
    },
  };
}

/** The process is gone: what it made after its last message is not known. */
function estimate(known: TokenUsage, counts: RunCounts | undefined): TokenUsage {
  if (counts === undefined) return { ...known, isEstimated: true };
  const [, completionTokens, reasoningTokens, acceptedTokens, rejectedTokens] = counts;
  return {
    ...known,
    completionTokens,
    reasoningTokens,
    drafts: { acceptedTokens, rejectedTokens },
    isEstimated: true,
  };
}

export function createCrashError(retryAfterMs: number, wasGenerating: boolean): BackendError {
  const message = 'The engine crashed while it worked on this request.';
  return new BackendError('engine_crashed', message, { retryAfterMs, wasGenerating });
}

/** The id of the client's request, as the log names it. */
export function toRequestId({ request }: EngineJob): string {
  return request.requestId ?? request.id;
}
