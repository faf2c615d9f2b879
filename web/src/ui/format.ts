// Numbers and times as the language of the browser writes them.

const plain = new Intl.NumberFormat();
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

/** With all digits. */
export function formatCount(count: number): string {
  return plain.format(count);
}

/** Short from ten thousand on, such as `12K`. */
export function formatShortCount(count: number): string {
  return Math.abs(count) < 10_000 ? plain.format(count) : compact.format(count);
}

/** Such as `98 MB` and `4.7 GB`. */
export function formatBytes(bytes: number): string {
  const [divisor, unit] = bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  const amount = bytes / divisor;
  return `${amount.toLocaleString(undefined, { maximumFractionDigits: amount < 10 ? 1 : 0 })} ${unit}`;
}

/** Small amounts have more decimals: a request may cost a millionth, and an axis may count in half cents. */
export function formatMoney(amount: number, currency: string): string {
  const isTiny = amount !== 0 && Math.abs(amount) < 0.1;
  const digits = isTiny
    ? { maximumSignificantDigits: 2 }
    : { minimumFractionDigits: Number.isInteger(amount) ? 0 : 2, maximumFractionDigits: 2 };
  return new Intl.NumberFormat(undefined, { style: 'currency', currency, ...digits }).format(amount);
}

/** Such as `840 ms`, `2.4 s`, `3 min`. */
export function formatDurationMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A code of the API in words, such as `Timed out` for `timed_out` and `Key updated` for `key.updated`. */
export function formatCode(code: string): string {
  const text = code.replaceAll(/[._]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function formatTime(unixSeconds: number): string {
  return dateAndTime.format(unixSeconds * 1000);
}

// A day and a half from noon is not "tomorrow".
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always' });

/** Units, and the distance from which on they are used, in seconds: 30 days are clearer than "next month". */
const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number, from: number])[] = [
  ['year', 31_536_000, 63_072_000],
  ['month', 2_592_000, 7_776_000],
  ['day', 86_400, 86_400],
  ['hour', 3600, 3600],
  ['minute', 60, 60],
];

/** The share of a unit that is rounded up to it: 59 minutes are an hour. */
const wholeShare = 0.98;

/** Such as `3 minutes ago` or `in 2 days`. */
export function formatRelativeTime(unixSeconds: number): string {
  const distance = unixSeconds - Date.now() / 1000;
  const step = steps.find(([, , from]) => Math.abs(distance) >= from * wholeShare);
  if (step === undefined) return distance > 0 ? 'in a moment' : 'just now';
  return relative.format(Math.round(distance / step[1]), step[0]);
}
