import { toDurationMs } from './to-duration-ms.ts';

/**
 * Parses `2026-11-01` (midnight in UTC), `2026-11-01T09:30:00Z` or with an offset, or a duration such as `30d`: so long
 * ago. Milliseconds since 1970; undefined otherwise.
 */
export function toInstantMs(text: string, nowMs: number): number | undefined {
  const durationMs = toDurationMs(text);
  if (durationMs !== undefined) return nowMs - durationMs;
  const [, day, time = ''] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  if (day === undefined) return undefined;
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  // JavaScript would take 2026-02-30 for a day in March.
  if (Number.isNaN(midnightMs) || new Date(midnightMs).toISOString().slice(0, 10) !== day) return undefined;
  const atMs = time === '' ? midnightMs : Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs;
}
