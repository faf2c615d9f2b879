/** The middle value; the lower one of two. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value that `share` percent of all values do not exceed. NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * share) / 100) - 1)] ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
