// Which limits are known to be used up, so that a refused request costs no query. An entry only says no where the database
// would say no as well: requests that started leave a window at a known moment and not before; tokens and budgets may be
// given back by a request that ends, so that every end of this process forgets them, and others within a second.
import type { UsageSubject } from '../../store/usage-store.ts';
import type { LimitName, LimitRefusal } from './decide.ts';
import type { LimitedSubject } from './limited-subject.ts';
import { isWindowLimit } from './window-limits.ts';

/** Entries at most: one for each limit of a key or a project. */
const entriesMax = 50_000;

/** How long a refusal is believed that a request on another server may end, in milliseconds. */
const sharedTrustMs = 250;

interface KnownRefusal {
  readonly refusal: LimitRefusal;
  /** On the clock of `now`. */
  readonly untilMs: number;
  /** When such a request may start. Undefined if unknown, or if waiting does not help. */
  readonly freeAtMs: number | undefined;
}

export interface RefusalMemory {
  /** A refusal that holds for this one as well, and the time until it may be tried again, in milliseconds. */
  find(
    subjects: readonly Pick<LimitedSubject, 'subject' | 'limits'>[],
    neededTokens: number,
  ): { readonly refusal: LimitRefusal; readonly retryAfterMs: number | undefined } | undefined;
  /** @param retryAfterMs the time until enough has left the window; undefined: unknown */
  note(refusal: LimitRefusal, retryAfterMs: number | undefined): void;
  /** A request of these ended: it may have given something back. */
  forget(subjects: readonly UsageSubject[]): void;
}

/** @param now a clock that never goes back, in milliseconds */
export function createRefusalMemory(now: () => number): RefusalMemory {
  const known = new Map<string, KnownRefusal>();
  return {
    find(subjects, neededTokens) {
      const nowMs = now();
      for (const { subject, limits } of subjects) {
        for (const limit of rememberedLimits) {
          const entry = known.get(`${subject} ${limit}`);
          if (entry === undefined) continue;
          if (nowMs >= entry.untilMs || limits[limit] !== entry.refusal.allowed) {
            known.delete(`${subject} ${limit}`);
            continue;
          }
          if (isWindowLimit(limit, 'tokens') && neededTokens < entry.refusal.needed) continue;
          const { refusal, freeAtMs } = entry;
          return { refusal, retryAfterMs: freeAtMs === undefined ? undefined : freeAtMs - nowMs };
        }
      }
      return undefined;
    },

    note(refusal, retryAfterMs) {
      const { limit, subject, isTooLarge } = refusal;
      if (limit === 'budget' || isTooLarge) return;
      const nowMs = now();
      const trustMs = isWindowLimit(limit, 'requests')
        ? (retryAfterMs ?? 0)
        : Math.min(retryAfterMs ?? sharedTrustMs, sharedTrustMs);
      if (trustMs <= 0) return;
      if (known.size >= entriesMax) known.clear();
      known.set(`${subject.subject} ${limit}`, {
        refusal,
        untilMs: nowMs + trustMs,
        freeAtMs: retryAfterMs === undefined ? undefined : nowMs + retryAfterMs,
      });
    },

    forget(subjects) {
      for (const subject of subjects) {
        for (const limit of rememberedLimits) {
          // Whatever ends: a request that started has started.
          if (!isWindowLimit(limit, 'requests')) known.delete(`${subject} ${limit}`);
        }
      }
    },
  };
}

const rememberedLimits = [
  'requestsPerMinute',
  'requestsPerDay',
  'concurrentRequests',
  'tokensPerMinute',
  'tokensPerDay',
] as const satisfies readonly LimitName[];
