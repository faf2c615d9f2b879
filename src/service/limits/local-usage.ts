// What this process let in, in memory and counted as the store counts it. While the store does not answer, requests are
// held against this. It knows nothing of other servers but what their budgets had left at the last look.
import type {
  SubjectUse,
  UsageAmounts,
  UsageSubject,
  WindowBucket,
  WindowWidth,
} from '../../store/usage-store.ts';
import type { UsedSubject } from './decide.ts';
import type { LimitedSubject } from './limited-subject.ts';
import { createSubjectCounts, type SpentAmounts } from './subject-counts.ts';
import { windowLimitNames, windowLimits } from './window-limits.ts';

export interface LocalUsage {
  /** On the clock that windows are measured with here, in milliseconds. */
  nowMs(): number;
  /** A request begins. Its number is unique in this process. */
  begin(number: number, subjects: readonly LimitedSubject[], reserved: UsageAmounts): void;
  /** Changes what it reserves. False if it does not run. */
  change(number: number, reserved: UsageAmounts): boolean;
  /** It ended, and used so much. */
  end(number: number, amounts: UsageAmounts): void;
  /** What all servers together have spent and reserved, as the store has it now. */
  learn(used: readonly UsedSubject[]): void;
  /** Of all servers in this period, at the last look. Undefined if there was none. */
  spentAtLastLook(subject: UsageSubject, period: string): SpentAmounts | undefined;
  /** Of this process; of budgets, what was added since the last look. */
  read(subject: UsageSubject): SubjectUse;
  listBuckets(subject: UsageSubject, width: WindowWidth): readonly WindowBucket[];
}

interface RunningRequest {
  readonly subjects: readonly { readonly subject: UsageSubject; readonly period: string | undefined }[];
  readonly startedAtMs: number;
  reserved: UsageAmounts;
}

const nothing: SpentAmounts = { nano: 0, tokens: 0 };

/** @param nowMs a clock that never goes back */
export function createLocalUsage(nowMs: () => number): LocalUsage {
  const counts = createSubjectCounts(nowMs);
  const running = new Map<number, RunningRequest>();

  const apply = (request: RunningRequest, amounts: UsageAmounts) => {
    const before = toSpent(request.reserved);
    const after = toSpent(amounts);
    const more = { nano: after.nano - before.nano, tokens: after.tokens - before.tokens };
    request.reserved = amounts;
    for (const { subject, period } of request.subjects) {
      const of = counts.find(subject);
      if (of === undefined) continue;
      counts.addTokens(of, request.startedAtMs, more.tokens);
      const { spending } = of;
      if (spending !== undefined && spending.period === period) spending.own = add(spending.own, more);
    }
  };
  return {
    nowMs,

    begin(number, subjects, reserved) {
      if (subjects.length === 0) return;
      const startedAtMs = nowMs();
      const spent = toSpent(reserved);
      for (const subject of subjects) {
        const of = counts.use(subject.subject);
        of.openRequests += 1;
        for (const width of listWidths(subject)) counts.addRequest(of, width, startedAtMs, spent.tokens);
        const period = subject.budget?.periodName;
        if (period === undefined) continue;
        const before = of.spending;
        const spending = before?.period === period ? before : { period, all: nothing, own: nothing };
        of.spending = { ...spending, own: add(spending.own, spent) };
      }
      const named = subjects.map(({ subject, budget }) => ({ subject, period: budget?.periodName }));
      running.set(number, { subjects: named, startedAtMs, reserved });
    },

    change(number, reserved) {
      const request = running.get(number);
      if (request !== undefined) apply(request, reserved);
      return request !== undefined;
    },

    end(number, amounts) {
      const request = running.get(number);
      if (request === undefined) return;
      apply(request, amounts);
      running.delete(number);
      for (const { subject } of request.subjects) {
        const of = counts.find(subject);
        if (of !== undefined) of.openRequests = Math.max(0, of.openRequests - 1);
      }
    },

    learn(used) {
      for (const { subject, use } of used) {
        if (subject.budget === undefined) continue;
        const all = {
          nano: use.spentNano + use.reservedNano,
          tokens: use.spentTokens + use.reservedTokens,
        };
        counts.use(subject.subject).spending = { period: subject.budget.periodName, all, own: nothing };
      }
    },

    spentAtLastLook(subject, period) {
      const spending = counts.find(subject)?.spending;
      if (spending === undefined) return undefined;
      // A period that began since then began with nothing.
      return spending.period === period ? spending.all : nothing;
    },

    read(subject) {
      const of = counts.find(subject);
      const own = of?.spending?.own ?? nothing;
      return {
        minute: counts.sum(of, 'minute'),
        day: counts.sum(of, 'day'),
        openRequests: of?.openRequests ?? 0,
        spentNano: own.nano,
        spentTokens: own.tokens,
        reservedNano: 0,
        reservedTokens: 0,
      };
    },

    listBuckets: (subject, width) => counts.list(counts.find(subject), width),
  };
}

/** The windows that its limits are measured in. */
function listWidths({ limits }: LimitedSubject): ReadonlySet<WindowWidth> {
  return new Set(
    windowLimitNames.flatMap((name) => (limits[name] === undefined ? [] : windowLimits[name].width)),
  );
}

function toSpent({ promptTokens, completionTokens, costNano }: UsageAmounts): SpentAmounts {
  return { nano: costNano, tokens: promptTokens + completionTokens };
}

function add(a: SpentAmounts, b: SpentAmounts): SpentAmounts {
  return { nano: a.nano + b.nano, tokens: a.tokens + b.tokens };
}
