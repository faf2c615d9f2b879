import { windows } from '../../store/usage-store.ts';
import type { UsedSubject } from './decide.ts';
import { type Counted, type WindowLimit, windowLimitNames, windowLimits } from './window-limits.ts';

/** Of the tightest limit on requests, or on tokens, that applies. */
export interface RateLimitFigure {
  readonly limit: number;
  /** 0 or more. */
  readonly remaining: number;
  /** Until all of it is there again, in milliseconds. */
  readonly resetMs: number;
}

/** The values of the rate limit headers. Absent: no limit applies. */
export interface RateLimitFigures {
  readonly requests?: RateLimitFigure;
  readonly tokens?: RateLimitFigure;
}

export function toRateLimitFigures(used: readonly UsedSubject[]): RateLimitFigures {
  const find = (counted: Counted) =>
    findTightest(
      windowLimitNames
        .filter((name) => windowLimits[name].counts === counted)
        .flatMap((name) => used.flatMap((each) => toFigure(each, name))),
    );
  const [requests, tokens] = [find('requests'), find('tokens')];
  return { ...(requests && { requests }), ...(tokens && { tokens }) };
}

/** A window slides: it is whole again when the last request has left it, which has started just now. */
export function toFigure({ subject, use }: UsedSubject, name: WindowLimit): readonly RateLimitFigure[] {
  const limit = subject.limits[name];
  if (limit === undefined) return [];
  const { width, counts } = windowLimits[name];
  const used = use[width][counts];
  const { widthMs, bucketMs } = windows[width];
  return [{ limit, remaining: Math.max(0, limit - used), resetMs: used === 0 ? 0 : widthMs + bucketMs }];
}

/** The one with the least that remains; of equal ones the one that takes longer. */
export function findTightest<Figure extends RateLimitFigure>(figures: readonly Figure[]): Figure | undefined {
  return [...figures].sort((a, b) => a.remaining - b.remaining || b.resetMs - a.resetMs)[0];
}
