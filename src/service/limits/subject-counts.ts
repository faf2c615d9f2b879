// Counts of keys and projects in memory, each in buckets of the time at which requests started.
import {
  toBucketStart,
  toWindowStart,
  type UsageSubject,
  type WindowBucket,
  type WindowUse,
  type WindowWidth,
  windowWidths,
} from '../../store/usage-store.ts';

/** Keys and projects, and buckets of all their windows together. What was not used for longest makes room. */
const subjectsMax = 20_000;
const bucketsMax = 500_000;

export interface SpentAmounts {
  readonly nano: number;
  readonly tokens: number;
}

type Buckets = Map<number, WindowUse>;

export interface Spending {
  readonly period: string;
  /** Of all servers at the last look. */
  readonly all: SpentAmounts;
  /** Of this process since then; less than 0 where a request used less than it had reserved. */
  own: SpentAmounts;
}

export interface SubjectCounts {
  readonly buckets: Readonly<Record<WindowWidth, Buckets>>;
  openRequests: number;
  spending: Spending | undefined;
}

/** The counts of each subject, within the limits of memory. */
export function createSubjectCounts(nowMs: () => number) {
  /** The one that was not used for longest comes first. */
  const all = new Map<UsageSubject, SubjectCounts>();
  let buckets = 0;

  const makeRoom = () => {
    while (all.size > subjectsMax || (buckets > bucketsMax && all.size > 1)) {
      const [oldest] = all;
      if (oldest === undefined) return;
      const [subject, of] = oldest;
      buckets -= of.buckets.minute.size + of.buckets.day.size;
      all.delete(subject);
    }
  };
  const list = (of: SubjectCounts | undefined, width: WindowWidth): readonly WindowBucket[] => {
    const sinceMs = toWindowStart(width, nowMs());
    return [...(of?.buckets[width] ?? [])].flatMap(([startMs, use]) =>
      startMs < sinceMs ? [] : [{ startMs, ...use }],
    );
  };
  return {
    find: (subject: UsageSubject) => all.get(subject),

    use(subject: UsageSubject): SubjectCounts {
      const of: SubjectCounts = all.get(subject) ?? {
        buckets: { minute: new Map(), day: new Map() },
        openRequests: 0,
        spending: undefined,
      };
      all.delete(subject);
      all.set(subject, of);
      makeRoom();
      return of;
    },

    addRequest(of: SubjectCounts, width: WindowWidth, startedAtMs: number, tokens: number) {
      const own = of.buckets[width];
      const startMs = toBucketStart(width, startedAtMs);
      const before = own.get(startMs);
      own.set(startMs, { requests: (before?.requests ?? 0) + 1, tokens: (before?.tokens ?? 0) + tokens });
      if (before !== undefined) return;
      buckets += 1;
      const sinceMs = toWindowStart(width, startedAtMs);
      for (const spent of own.keys()) {
        if (spent >= sinceMs) break;
        own.delete(spent);
        buckets -= 1;
      }
    },

    addTokens(of: SubjectCounts, startedAtMs: number, tokens: number) {
      for (const width of windowWidths) {
        const startMs = toBucketStart(width, startedAtMs);
        const before = of.buckets[width].get(startMs);
        if (before !== undefined) {
          of.buckets[width].set(startMs, { ...before, tokens: before.tokens + tokens });
        }
      }
    },

    list,

    sum: (of: SubjectCounts | undefined, width: WindowWidth): WindowUse =>
      list(of, width).reduce(
        (sum, { requests, tokens }) => ({ requests: sum.requests + requests, tokens: sum.tokens + tokens }),
        { requests: 0, tokens: 0 },
      ),
  };
}
