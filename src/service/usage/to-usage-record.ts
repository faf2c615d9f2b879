import type { Answer, AttemptRecord } from '../chat/chat-record.ts';
import { toBrokenOutcome } from './to-outcome.ts';
import type { AttemptUsage, ServedUsage, TokenCounts, UsageRecord } from './usage-record.ts';
import type { UseCaseCall, UseCaseNotes } from './use-case-call.ts';

/** A use case that has ended. */
export interface EndedUseCase {
  readonly call: UseCaseCall;
  readonly notes: UseCaseNotes;
  /** The error that ended it. Undefined also if the reader left. */
  readonly error: unknown;
  readonly isClientGone: boolean;
  readonly startedAtMs: number;
  readonly totalMs: number;
}

export function toUsageRecord(ended: EndedUseCase): UsageRecord {
  const { call, notes, startedAtMs, totalMs } = ended;
  const { caller, requestId, endpoint, isStreamed } = call;
  const { model, deployment, isReplay, answers, embedded } = notes;
  const { outcome, errorCode } = toOutcome(ended);
  const { attempts, served, total, returned, machineMs, isEstimated } = sumAttempts(listAttempts(notes));
  const first = answers?.answers[0]?.record;
  return {
    caller,
    requestId,
    endpoint,
    model,
    deployment: (embedded.at(-1) ?? first?.attempts.at(-1))?.deployment ?? deployment,
    isStreamed,
    isReplay,
    outcome,
    errorCode,
    finishReason: answers?.finishReason,
    attempts,
    served,
    total,
    returned,
    machineMs,
    isEstimated,
    toolCalls: answers?.toolCalls ?? 0,
    structuredAttempts: answers?.structuredAttempts,
    queueWaitMs: first?.queueWaitMs,
    timeToBackendMs: first?.sentAtMs === undefined ? undefined : first.sentAtMs - call.arrivedAtMs,
    timeToFirstTokenMs: first?.timeToFirstTokenMs,
    timePerOutputTokenMs: first?.timePerOutputTokenMs,
    startedAtMs,
    totalMs,
  };
}

function toOutcome({
  notes: { answers, embedded },
  error,
  isClientGone,
}: EndedUseCase): Pick<UsageRecord, 'outcome' | 'errorCode'> {
  const isWhole = answers === undefined || answers.finishReason !== undefined;
  if (error === undefined && isWhole) return { outcome: 'completed', errorCode: undefined };
  const broken = toBrokenOutcome(error, isClientGone);
  // A request that fails after tokens were spent, for example by a shutdown, does not count as refused.
  const hasBegun = embedded.length > 0 || (answers?.attempts.length ?? 0) > 0;
  return broken.outcome === 'refused' && hasBegun ? { ...broken, outcome: 'failed' } : broken;
}

interface ListedAttempt {
  readonly usage: AttemptUsage;
  /** Its prompt counts in the total. */
  readonly hasOwnPrompt: boolean;
  /** Its prompt counts in the answer's usage. */
  readonly isPromptReturned: boolean;
}

function listAttempts({ answers, embedded, deployment }: UseCaseNotes): readonly ListedAttempt[] {
  if (embedded.length > 0) {
    return embedded.map((attempt, index) => ({
      usage: {
        ...attempt,
        deployment: attempt.deployment ?? deployment,
        answer: 0,
        finishReason: undefined,
        isReturned: index === embedded.length - 1,
      },
      hasOwnPrompt: true,
      isPromptReturned: true,
    }));
  }
  return (answers?.answers ?? []).flatMap((answer, index) => listAnswerAttempts(answer, index, deployment));
}

function listAnswerAttempts(
  { record, sharesPrompt }: Answer,
  answer: number,
  requestDeployment: string | undefined,
): readonly ListedAttempt[] {
  return record.attempts.map((attempt, index) => ({
    usage: toAttemptUsage(attempt, {
      deployment: attempt.deployment ?? requestDeployment,
      answer,
      isReturned: index === record.attempts.length - 1,
    }),
    hasOwnPrompt: !sharesPrompt || index > 0,
    isPromptReturned: !sharesPrompt,
  }));
}

/** Field by field: the rest of an object is copied slowly, and each request comes here. */
function toAttemptUsage(
  attempt: AttemptRecord,
  { deployment, answer, isReturned }: Pick<AttemptUsage, 'deployment' | 'answer' | 'isReturned'>,
): AttemptUsage {
  return {
    promptTokens: attempt.promptTokens,
    cachedTokens: attempt.cachedTokens,
    completionTokens: attempt.completionTokens,
    reasoningTokens: attempt.reasoningTokens,
    machineMs: attempt.machineMs,
    finishReason: attempt.finishReason,
    isEstimated: attempt.isEstimated,
    deployment,
    answer,
    isReturned,
  };
}

type Sums = Pick<UsageRecord, 'attempts' | 'served' | 'total' | 'returned' | 'machineMs' | 'isEstimated'>;

function sumAttempts(listed: readonly ListedAttempt[]): Sums {
  const attempts: AttemptUsage[] = [];
  const served = new Map<string | undefined, Writable<ServedUsage>>();
  const [total, returned] = [createCounts(), createCounts()];
  let machineMs = 0;
  let isEstimated = false;
  for (const { usage, hasOwnPrompt, isPromptReturned } of listed) {
    const { deployment } = usage;
    const own = served.get(deployment) ?? { deployment, machineMs: 0, ...createCounts() };
    served.set(deployment, own);
    own.machineMs += usage.machineMs;
    addCounts(own, usage, hasOwnPrompt);
    addCounts(total, usage, hasOwnPrompt);
    if (usage.isReturned) addCounts(returned, usage, isPromptReturned);
    machineMs += usage.machineMs;
    isEstimated ||= usage.isEstimated;
    attempts.push(usage);
  }
  return { attempts, served: [...served.values()], total, returned, machineMs, isEstimated };
}

type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

function createCounts(): Writable<TokenCounts> {
  return { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
}

function addCounts(sum: Writable<TokenCounts>, counts: TokenCounts, hasPrompt: boolean): void {
  if (hasPrompt) {
    sum.promptTokens += counts.promptTokens;
    sum.cachedTokens += counts.cachedTokens;
  }
  sum.completionTokens += counts.completionTokens;
  sum.reasoningTokens += counts.reasoningTokens;
}
