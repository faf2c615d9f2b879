// Reports once per budget period that a budget has passed its soft limit. It looks a moment after requests were settled, so
// that no request waits for it.
import type { BudgetAmounts, BudgetNoticeStore, SpentPeriod } from '../../store/budget-notice-store.ts';
import type { Budget } from '../../store/key-policy.ts';
import { type SubjectKind, toSubjectKind, type UsageSubject } from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import { toPeriodSpan } from '../limits/budget-period.ts';
import { type ActiveBudget, toActiveBudget } from '../limits/limited-subject.ts';
import { listPassedLimits } from './soft-limit.ts';

/** Pause between two looks, in milliseconds. */
const lookMsDefault = 1000;

/** Budgets in one query: more would hold the event loop on SQLite. */
const budgetsAtOnceMax = 100;

/** Budgets that wait for the next look, and budgets that are known to be reported. */
const subjectsMax = 10_000;

/** A budget that has passed its soft limit. */
export interface PassedBudget {
  readonly owner: SubjectKind;
  readonly id: string;
  readonly name: string;
  readonly percent: number;
  /** The limits that are passed, one or both of those in `budget`. */
  readonly passed: BudgetAmounts;
  /** As it is now, its override included. */
  readonly budget: Pick<Budget, 'period' | 'timeZone'> & ActiveBudget;
  readonly spentNano: number;
  readonly spentTokens: number;
  /** Milliseconds since 1970; undefined: its period never ends. */
  readonly endsAtMs: number | undefined;
  readonly atMs: number;
}

export interface BudgetWatch {
  /** Something was spent with this key, or refused for its budget. */
  note(key: KeyIdentity): void;
  /** Looks now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export interface BudgetWatchOptions {
  readonly store: Pick<BudgetNoticeStore, 'readSpent' | 'record'>;
  /** 1 to 100 percent of a budget. */
  readonly percent: number;
  /** The calendar, in milliseconds since 1970. */
  readonly now: () => number;
  readonly lookMs?: number;
  /** The message to deliver with a notice. Absent: there is nobody to deliver it to. */
  readonly toMessage?: (passed: PassedBudget) => { readonly id: string; readonly body: string };
  /** Called once for each notice, by the server that recorded it. */
  readonly onPassed: (passed: PassedBudget) => void;
  readonly onFailure: (error: unknown) => void;
}

interface WatchedBudget {
  readonly subject: UsageSubject;
  readonly id: string;
  readonly name: string;
  readonly budget: Budget;
}

export function createBudgetWatch(options: BudgetWatchOptions): BudgetWatch {
  const { now, lookMs = lookMsDefault, onFailure } = options;
  const waiting = new Map<UsageSubject, WatchedBudget>();
  const notices = createNotices(options);
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const add = (watched: WatchedBudget) => {
    if (waiting.size < subjectsMax || waiting.has(watched.subject)) waiting.set(watched.subject, watched);
  };
  const lookOnce = async () => {
    while (waiting.size > 0) {
      const batch = [...waiting.values()].slice(0, budgetsAtOnceMax);
      for (const { subject } of batch) waiting.delete(subject);
      try {
        await notices.give(batch, now());
      } catch (error) {
        // The next use of these keys looks at them again, too.
        for (const watched of batch) if (!waiting.has(watched.subject)) add(watched);
        throw error;
      }
    }
  };
  const look = () => {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      look().catch(onFailure);
    }, lookMs).unref();
  };
  return {
    note(key) {
      if (key.budget === undefined && key.projectBudget === undefined) return;
      for (const watched of listBudgets(key)) add(watched);
      schedule();
    },
    look,
    async close() {
      clearTimeout(timer);
      await look().catch(onFailure);
    },
  };
}

function listBudgets(key: KeyIdentity): readonly WatchedBudget[] {
  const { id, name, budget, projectId, projectName, projectBudget } = key;
  return [
    ...(budget === undefined ? [] : [{ subject: `key:${id}` as const, id, name, budget }]),
    ...(projectBudget === undefined
      ? []
      : [
          {
            subject: `project:${projectId}` as const,
            id: projectId,
            name: projectName,
            budget: projectBudget,
          },
        ]),
  ];
}

function createNotices({ store, percent, toMessage, onPassed }: BudgetWatchOptions) {
  /** By subject the period and limits that were reported: they need no further look. */
  const reported = new Map<UsageSubject, string>();
  const remember = ({ subject }: WatchedBudget, active: ActiveBudget) => {
    if (reported.size >= subjectsMax) reported.clear();
    reported.set(subject, toReportedText(active));
  };
  const giveOne = async (watched: WatchedBudget, active: ActiveBudget, spent: SpentPeriod, nowMs: number) => {
    const passed = listPassedLimits(active, spent, percent);
    if (Object.keys(passed).length === 0) return;
    const found = toPassedBudget(watched, active, spent, nowMs);
    const notice = { subject: watched.subject, period: active.periodName, passed, limits: active };
    const isFirst = await store.record(notice, toMessage?.({ ...found, percent, passed }));
    remember(watched, active);
    if (isFirst) onPassed({ ...found, percent, passed });
  };
  return {
    async give(batch: readonly WatchedBudget[], nowMs: number): Promise<void> {
      const looked = batch
        .map((watched) => ({ watched, active: toActiveBudget(watched.budget, nowMs) }))
        .filter(({ watched, active }) => reported.get(watched.subject) !== toReportedText(active));
      const periods = looked.map(({ watched: { subject }, active }) => ({
        subject,
        period: active.periodName,
      }));
      const spent = await store.readSpent(periods);
      for (const { watched, active } of looked) {
        const own = spent.find(({ subject }) => subject === watched.subject);
        if (own !== undefined) await giveOne(watched, active, own, nowMs);
      }
    },
  };
}

function toReportedText({ periodName, amountNano, tokens }: ActiveBudget): string {
  return `${periodName} ${amountNano} ${tokens}`;
}

function toPassedBudget(
  { subject, id, name, budget }: WatchedBudget,
  active: ActiveBudget,
  { spentNano, spentTokens }: SpentPeriod,
  atMs: number,
): Omit<PassedBudget, 'percent' | 'passed'> {
  const { period, timeZone } = budget;
  return {
    owner: toSubjectKind(subject),
    id,
    name,
    budget: { ...active, period, ...(timeZone === undefined ? {} : { timeZone }) },
    spentNano,
    spentTokens,
    endsAtMs: toPeriodSpan(budget, atMs).endsAtMs,
    atMs,
  };
}
