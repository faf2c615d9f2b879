/** Milliseconds of each unit that a person may write, the largest first. */
const unitsMs = [
  ['d', 24 * 60 * 60_000],
  ['h', 60 * 60_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
const whole = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/**
 * The milliseconds of `5m`, `30s`, `500ms`, `1.5h` or `1h30m`, and of a number that was spelled as a text; anything
 * else is left to the check of the setting.
 */
export function spelledDuration(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (/^-?\d+$/.test(text)) return Number(text);
  if (!whole.test(text)) return value;
  let sumMs = 0;
  for (const [, count, unit] of text.matchAll(part)) {
    sumMs += Number(count) * (unitsMs.find(([name]) => name === unit)?.[1] ?? Number.NaN);
  }
  // The product of 0.0015 and 1000 is not exactly 1.5: what counts is a whole number of microseconds.
  return Math.round(sumMs * 1000) / 1000;
}

/** Milliseconds as a person writes them: `5m`, `1m30s`, `250ms`, `0`. */
export function toDuration(durationMs: number): string {
  let restMs = durationMs;
  let text = '';
  for (const [unit, unitMs] of unitsMs) {
    const count = Math.floor(restMs / unitMs);
    if (count > 0) text += `${count}${unit}`;
    restMs -= Math.max(0, count) * unitMs;
  }
  return text === '' ? String(durationMs) : text;
}
