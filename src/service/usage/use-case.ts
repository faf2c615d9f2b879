// The frame in which every use case runs that a model, or a stored answer, serves. It knows the caller, keeps the time
// that one request may take, and leaves exactly one `UsageRecord`, however the use case ends.
import type { AdmissionService } from '../limits/admission.ts';
import type { AdmissionNeed } from '../limits/admission-need.ts';
import type { Admission } from '../limits/admission-of-request.ts';
import { createTimeLimit } from '../time-limit.ts';
import { toUsageRecord } from './to-usage-record.ts';
import type { UsageRecord, UsageSink } from './usage-record.ts';
import type { UseCaseCall, UseCaseNotes } from './use-case-call.ts';

/** A use case under way. A service that takes one ends it in every case. */
export interface UseCase extends UseCaseCall {
  /** Aborts when the client leaves, and when the caller's time for one request is over. */
  readonly signal: AbortSignal;
  /** When it began, on the clock of `performance.now()`. */
  readonly startedAtMs: number;
  /** The usage so far. */
  readonly notes: UseCaseNotes;
  /**
   * Reserves what the request needs, or refuses it; before the first word to a backend, and once. undefined: nothing is limited.
   *
   * @throws {LimitError}
   */
  admit(need: AdmissionNeed): Promise<Admission | undefined>;
  /** Aborts the signal for a reason of the service's own. */
  abort(reason: unknown): void;
  /** The client left before its answer was whole. Aborts the signal. */
  leave(reason: unknown): void;
  /** Ends the use case; only the first end counts. `error` is what broke it. */
  end(error?: unknown): void;
  /** Runs `work` and ends with it. */
  run<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  /** Resolves when the use case has ended, to what the sink got. */
  readonly usage: Promise<UsageRecord>;
}

export interface UseCaseFrame {
  open(call: UseCaseCall): UseCase;
}

/** `admissions`: the door that requests pass; absent: it stands open. */
export function createUseCaseFrame(
  sink: UsageSink,
  admissions?: Pick<AdmissionService, 'admit'>,
): UseCaseFrame {
  return { open: (call) => openUseCase(call, sink, admissions) };
}

function openUseCase(
  call: UseCaseCall,
  sink: UsageSink,
  admissions: Pick<AdmissionService, 'admit'> | undefined,
): UseCase {
  const startedAtMs = performance.now();
  const { caller, requestId, endpoint, model, isStreamed, traceparent, arrivedAtMs, onFigures } = call;
  const limit = createTimeLimit(caller.limits.requestMsMax);
  const notes: UseCaseNotes = {
    model,
    deployment: undefined,
    isReplay: false,
    answers: undefined,
    embedded: [],
  };
  let settle: (usage: UsageRecord) => void = () => {};
  const usage = new Promise<UsageRecord>((resolve) => {
    settle = resolve;
  });
  let hasEnded = false;
  let isClientGone = false;
  let stoppedFor: unknown;
  const stop = (reason: unknown) => {
    stoppedFor ??= reason;
    limit.abort(reason);
  };
  const leave = (reason: unknown) => {
    if (hasEnded || limit.signal.aborted) return;
    isClientGone = true;
    limit.abort(reason);
  };
  let admission: Promise<Admission | undefined> = Promise.resolve(undefined);
  const end = (error?: unknown) => {
    if (hasEnded) return;
    hasEnded = true;
    limit.clear();
    // A reader that was stopped leaves without an error.
    const ended = {
      call,
      notes,
      error: error ?? stoppedFor,
      isClientGone,
      startedAtMs,
      totalMs: performance.now() - startedAtMs,
    };
    // The backend reports the cost of an answer that was cut off a moment later.
    void Promise.all(notes.answers?.costs ?? []).then(async () => {
      const record = toUsageRecord(ended);
      settle(record);
      sink.take(record, await admission.catch(() => undefined));
    });
  };
  return {
    caller,
    requestId,
    endpoint,
    model,
    isStreamed,
    traceparent,
    arrivedAtMs,
    onFigures,
    signal: limit.signal,
    startedAtMs,
    notes,
    admit: (need) => {
      const admitted = { caller, requestId, endpoint, isStreamed, onFigures, abort: stop };
      admission = admissions?.admit(admitted, need) ?? admission;
      return admission;
    },
    abort: limit.abort,
    leave,
    end,
    run: async (work) => {
      try {
        const answer = await work();
        end();
        return answer;
      } catch (error) {
        end(error);
        throw error;
      }
    },
    usage,
  };
}
