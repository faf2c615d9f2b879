import type { Answer } from '../chat/chat-record.ts';
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
  readonly totalMs: number;
}

export function toUsageRecord(ended: EndedUseCase): UsageRecord {
  const { call, notes, totalMs } = ended;
  const { caller, requestId, endpoint, isStreamed } = call;
  const { model, deployment, isReplay, answers } = notes;
  const attempts = listAttempts(notes);
  const first = answers?.answers[0]?.record;
  return {
    caller,
    requestId,
    endpoint,
    model,
    deployment: first?.attempts.at(-1)?.deployment ?? deployment,
    isStreamed,
    isReplay,
    ...toOutcome(ended),
    finishReason: answers?.finishReason,
    attempts: attempts.map(({ usage }) => usage),
    served: sumByDeployment(attempts),
    total: sumCounts(attempts.map(({ usage, hasOwnPrompt }) => withPrompt(usage, hasOwnPrompt))),
    returned: sumCounts(
      attempts
        .filter(({ usage }) => usage.isReturned)
        .map(({ usage, isPromptReturned }) => withPrompt(usage, isPromptReturned)),
    ),
    machineMs: attempts.reduce((sum, { usage }) => sum + usage.machineMs, 0),
    isEstimated: attempts.some(({ usage }) => usage.isEstimated),
    toolCalls: answers?.toolCalls ?? 0,
    structuredAttempts: answers?.structuredAttempts,
    queueWaitMs: first?.queueWaitMs,
    timeToFirstTokenMs: first?.timeToFirstTokenMs,
    timePerOutputTokenMs: first?.timePerOutputTokenMs,
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
  const hasBegun = embedded !== undefined || (answers?.attempts.length ?? 0) > 0;
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
  if (embedded !== undefined) {
    const ending = { finishReason: undefined, isReturned: true, isEstimated: false };
    const usage = { ...embedded, deployment, answer: 0, ...ending };
    return [{ usage, hasOwnPrompt: true, isPromptReturned: true }];
  }
  return (answers?.answers ?? []).flatMap((answer, index) => listAnswerAttempts(answer, index, deployment));
}

function listAnswerAttempts(
  { record, sharesPrompt }: Answer,
  answer: number,
  requestDeployment: string | undefined,
): readonly ListedAttempt[] {
  return record.attempts.map(({ settled: _settled, deployment = requestDeployment, ...attempt }, index) => {
    const isReturned = index === record.attempts.length - 1;
    return {
      usage: { ...attempt, deployment, answer, isReturned },
      hasOwnPrompt: !sharesPrompt || index > 0,
      isPromptReturned: !sharesPrompt,
    };
  });
}

function sumByDeployment(attempts: readonly ListedAttempt[]): readonly ServedUsage[] {
  return [...new Set(attempts.map(({ usage }) => usage.deployment))].map((deployment) => {
    const own = attempts.filter(({ usage }) => usage.deployment === deployment);
    return {
      deployment,
      machineMs: own.reduce((sum, { usage }) => sum + usage.machineMs, 0),
      ...sumCounts(own.map(({ usage, hasOwnPrompt }) => withPrompt(usage, hasOwnPrompt))),
    };
  });
}

function withPrompt(counts: TokenCounts, isCounted: boolean): TokenCounts {
  return isCounted ? counts : { ...counts, promptTokens: 0, cachedTokens: 0 };
}

function sumCounts(counts: readonly TokenCounts[]): TokenCounts {
  const sum = (name: keyof TokenCounts) => counts.reduce((total, each) => total + each[name], 0);
  return {
    promptTokens: sum('promptTokens'),
    cachedTokens: sum('cachedTokens'),
    completionTokens: sum('completionTokens'),
    reasoningTokens: sum('reasoningTokens'),
  };
}
