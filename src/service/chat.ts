import { BackendError } from '../backend/backend-error.ts';
import type { FinishReason, GenerationEvent, TokenUsage } from '../backend/generation-event.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { Router } from '../gateway/router.ts';
import { createModelNotFoundError } from './service-error.ts';

export interface ChatServiceOptions {
  readonly router: Router;
  /** Time that a completion may take in all, its wait included, in milliseconds. */
  readonly requestMsMax: number;
}

export interface ChatService {
  /**
   * Begins a completion and waits until its prompt was accepted, so that a refusal is thrown here and not in
   * mid-stream: `ServiceError` for an unknown model, `BackendError` for what the backend refuses.
   */
  start(modelName: string, request: GenerationRequest, signal: AbortSignal): Promise<ChatRun>;
}

/** A completion under way. */
export interface ChatRun {
  readonly systemFingerprint: string;
  /** To be read once, to its end or to an early return; `started` comes first. */
  readonly events: AsyncIterable<GenerationEvent>;
  /** Aborts when its time is over or its client left: for whoever waits for anything but the next event. */
  readonly signal: AbortSignal;
  /** What is known so far, for metering and the access log. */
  readonly record: ChatRecord;
}

export interface ChatRecord {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  completionTokens: number;
  readonly queueWaitMs: number;
  /** From the start of the request to its first text; undefined while there is none. */
  timeToFirstTokenMs: number | undefined;
  finishReason: FinishReason | undefined;
}

export function createChatService({ router, requestMsMax }: ChatServiceOptions): ChatService {
  return {
    start: async (modelName, request, clientSignal) => {
      const deployment = router.find(modelName);
      if (deployment === undefined) {
        throw createModelNotFoundError(modelName);
      }
      const { backend } = deployment;
      const startedAtMs = performance.now();
      const limit = createTimeLimit(requestMsMax, clientSignal);
      const events = backend.generate(request, limit.signal)[Symbol.asyncIterator]();
      try {
        const first = await events.next();
        if (first.done === true || first.value.type !== 'started') {
          throw new Error('The backend broke its contract: the first event must be `started`.');
        }
        const { promptTokens, cachedTokens, queueWaitMs } = first.value;
        const record: ChatRecord = {
          promptTokens,
          cachedTokens,
          completionTokens: 0,
          queueWaitMs,
          timeToFirstTokenMs: undefined,
          finishReason: undefined,
        };
        return {
          systemFingerprint: backend.describe()?.fingerprint ?? '',
          signal: limit.signal,
          events: recordEvents(first.value, events, { record, startedAtMs, limit }),
          record,
        };
      } catch (error) {
        limit.clear();
        await events.return?.();
        throw error;
      }
    },
  };
}

interface Recording {
  readonly record: ChatRecord;
  readonly startedAtMs: number;
  readonly limit: TimeLimit;
}

async function* recordEvents(
  first: GenerationEvent,
  rest: AsyncIterator<GenerationEvent>,
  { record, startedAtMs, limit }: Recording,
): AsyncGenerator<GenerationEvent> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      const event = next.value;
      if (event.type === 'text-delta') {
        record.timeToFirstTokenMs ??= performance.now() - startedAtMs;
        record.completionTokens += 1;
      } else if (event.type === 'finish') {
        noteFinish(record, event.reason, event.usage);
      }
      yield event;
    }
  } finally {
    limit.clear();
    await rest.return?.();
  }
}

/** Until here `completionTokens` counted deltas, which is what an interrupted completion can know. */
function noteFinish(record: ChatRecord, reason: FinishReason, usage: TokenUsage): void {
  record.completionTokens = usage.completionTokens;
  record.finishReason = reason;
}

interface TimeLimit {
  readonly signal: AbortSignal;
  clear(): void;
}

function createTimeLimit(limitMs: number, clientSignal: AbortSignal): TimeLimit {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new BackendError('timeout', `The request took longer than ${limitMs / 1000} seconds.`));
  }, limitMs);
  const leave = () => controller.abort(clientSignal.reason);
  if (clientSignal.aborted) {
    leave();
  } else {
    clientSignal.addEventListener('abort', leave, { once: true });
  }
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      clientSignal.removeEventListener('abort', leave);
    },
  };
}
