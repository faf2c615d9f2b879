// Decides without the store. Each server lets in its share of the limits: N divided by the number of servers, so that all
// of them together let in no more than N.
import { createOutageError, type StoreError } from '../../store/store-error.ts';
import {
  type AdmissionAsk,
  type AdmissionStore,
  admitRequests,
  type ExtensionAsk,
  type LimitAnswer,
  type LimitAsk,
  type MachineExtensionAsk,
} from './admit-requests.ts';
import { batchByTurn } from './batch-by-turn.ts';
import { decideAdmission, type LimitRefusal } from './decide.ts';
import type { ActiveBudget, LimitedSubject } from './limited-subject.ts';
import type { LocalUsage } from './local-usage.ts';
import { isWindowLimit } from './window-limits.ts';

export interface LocalAdmissions {
  /** @throws StoreError where only the store knows: the share has no room, and all servers together may have. */
  admit(asking: AdmissionAsk): Promise<Exclude<LimitAnswer, { kind: 'extended' }>>;
  /** Tokens, or the cost of machine time, that were reserved in addition. @throws StoreError */
  extend(asking: ExtensionAsk | MachineExtensionAsk): Promise<number>;
}

/** @param replicaCount servers that share the store, 1 or more */
export function createLocalAdmissions(usage: LocalUsage, replicaCount: number): LocalAdmissions {
  const store = toAdmissionStore(usage);
  const ask = batchByTurn<LimitAsk, LimitAnswer>(async (asks) => {
    const answers = await admitRequests(store, asks);
    for (const [index, asking] of asks.entries()) {
      const answer = answers[index];
      if (asking.kind !== 'admit' || answer?.kind !== 'admitted') continue;
      usage.begin(asking.open.id.number, asking.subjects, answer.decision.reserved);
    }
    return answers;
  });
  return {
    async admit(asking) {
      const { subjects, need } = asking;
      const answer = await ask({ ...asking, subjects: toShares(subjects, usage, replicaCount) });
      if (answer.kind === 'extended') throw createUndecidedError();
      if (answer.kind === 'admitted' || canWait(answer.refusal)) return answer;
      const used = toShares(subjects, usage, 1).map((subject) => ({
        subject,
        use: usage.read(subject.subject),
      }));
      const whole = decideAdmission(need, used);
      if (whole.kind === 'admitted') throw createUndecidedError();
      return { ...answer, refusal: whole.refusal, retryAfterMs: undefined };
    },

    async extend(asking) {
      const answer = await ask({ ...asking, subjects: toShares(asking.subjects, usage, replicaCount) });
      return answer.kind === 'extended' ? answer.granted : 0;
    },
  };
}

/** The share will have room for the request. */
function canWait({ limit, allowed, isTooLarge }: LimitRefusal): boolean {
  return allowed > 0 && !isTooLarge && (limit === 'concurrentRequests' || isWindowLimit(limit));
}

function toShares(
  subjects: readonly LimitedSubject[],
  usage: LocalUsage,
  replicaCount: number,
): readonly LimitedSubject[] {
  const share = (amount: number) => Math.max(0, Math.floor(amount / replicaCount));
  return subjects.map(({ subject, limits, budget }) => ({
    subject,
    limits: Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, share(limit)])),
    budget: budget && toBudgetShare(budget, usage.spentAtLastLook(subject, budget.periodName), share),
  }));
}

/** The share of what was left of it. */
function toBudgetShare(
  budget: ActiveBudget,
  spent: ReturnType<LocalUsage['spentAtLastLook']>,
  share: (amount: number) => number,
): ActiveBudget {
  // It may be used up.
  if (spent === undefined) throw createUndecidedError();
  const { amountNano, tokens, ...others } = budget;
  return {
    ...others,
    ...(amountNano === undefined ? {} : { amountNano: share(amountNano - spent.nano) }),
    ...(tokens === undefined ? {} : { tokens: share(tokens - spent.tokens) }),
  };
}

/** Usage in memory as the admission of requests reads it. */
function toAdmissionStore(usage: LocalUsage): AdmissionStore {
  return {
    change: (_subjects, work) =>
      work({
        nowMs: usage.nowMs(),
        readUse: async (questions) => questions.map(({ subject }) => usage.read(subject)),
        listBuckets: async (subject, width) => usage.listBuckets(subject, width),
        // It is counted with its subjects when all are decided.
        insertOpen: async () => undefined,
        updateOpen: async ({ number }, { reserved }) => usage.change(number, reserved),
      }),
  };
}

function createUndecidedError(): StoreError {
  return createOutageError(
    'The database does not answer, and the limits of this key can not be checked without it.',
  );
}
