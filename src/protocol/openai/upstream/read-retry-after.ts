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
  const dateMs = value !== undefined && /^[a-z]{3,9},? /i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(dateMs - nowMs, 0);
}

/** OpenAI and Groq say it in their sentence, too. */
function readMessageWait(message: string): number | undefined {
  const [, amount, unit] = /try again in (\d+(?:\.\d+)?)\s?(ms|s|m)\b/i.exec(message) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (unit === 'ms' ? 1 : unit === 'm' ? 60_000 : 1_000);
}

function toNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

function readHeader(headers: UpstreamHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
