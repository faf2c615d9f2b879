/** The longest wait that we believe an upstream. */
export const retryAfterMsMax = 3_600_000;

export type UpstreamHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** When a retry may succeed, in milliseconds from now; undefined: the upstream does not say. */
export function readRetryAfter(headers: UpstreamHeaders, message: string, nowMs: number): number | undefined {
  const ms =
    toNumber(readHeader(headers, 'retry-after-ms')) ??
    toWaitMs(readHeader(headers, 'retry-after'), nowMs) ??
    readMessageWait(message);
  return ms === undefined || ms < 0 ? undefined : Math.min(Math.ceil(ms), retryAfterMsMax);
}

/** Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function toWaitMs(value: string | undefined, nowMs: number): number | undefined {
  const seconds = toNumber(value);
  if (seconds !== undefined) return seconds * 1_000;
  // `Date.parse` takes numbers for years.
  const dateMs = value !== undefined && /^[a-z]{3,9},? /i.test(value) ? readDate(value.trim()) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(dateMs - nowMs, 0);
}

/** The older form of a date does not say that it is in UTC, as all are. */
function readDate(value: string): number {
  return Date.parse(/(?:GMT|UTC|Z|[+-]\d{4})$/i.test(value) ? value : `${value} GMT`);
}

const waitPattern =
  /(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?\s?(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h)(?:,? (?:and )?)?)+)(?![a-z0-9])/i;

/** By the beginning of the unit, the longer one first. */
const unitsMs = [
  ['ms', 1],
  ['mil', 1],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** OpenAI, Groq and Azure say it in their sentence, too: `1m30.5s`, `20 seconds`. */
function readMessageWait(message: string): number | undefined {
  const wait = waitPattern.exec(message)?.[1];
  if (wait === undefined) return undefined;
  return [...wait.matchAll(/(\d+(?:\.\d+)?)\s?([a-z]+)/gi)].reduce((sum, [, amount, unit = '']) => {
    const [, unitMs = 0] = unitsMs.find(([name]) => unit.toLowerCase().startsWith(name)) ?? [];
    return sum + Number(amount) * unitMs;
  }, 0);
}

function toNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

function readHeader(headers: UpstreamHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
