/** The least number that a computer holds above a finite one; Infinity above the greatest. */
export function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

/** The greatest number that a computer holds below a finite one; -Infinity below the least. */
export function nextBelow(value: number): number {
  return -nextAbove(-value);
}
