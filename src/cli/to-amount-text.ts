/** Billionths as a decimal without trailing zeros, exactly. */
export function toAmountText(nano: number): string {
  const whole = Math.trunc(nano / 1e9);
  const rest = String(nano % 1e9)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return rest === '' ? String(whole) : `${whole}.${rest}`;
}
