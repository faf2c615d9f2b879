const unitMs: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
  ['y', 31_536_000_000],
]);

/** Ten years. Omit the limit for anything longer. */
export const durationMsMax = 10 * 31_536_000_000;

/**
 * Parses `90m`, `12h`, `30d`, `2w` or `1y` (365 days): a positive whole number and a unit, at most ten years.
 * Undefined otherwise.
 */
export function toDurationMs(text: string): number | undefined {
  const [, count, unit] = /^([1-9][0-9]{0,6})([mhdwy])$/.exec(text) ?? [];
  const factorMs = unit === undefined ? undefined : unitMs.get(unit);
  if (count === undefined || factorMs === undefined) {
    return undefined;
  }
  const durationMs = Number(count) * factorMs;
  return durationMs > durationMsMax ? undefined : durationMs;
}
