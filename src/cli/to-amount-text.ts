import { nanoPerUnit } from '../service/limits/model-price.ts';

/** Billionths as a decimal without trailing zeros, exactly. */
export function toAmountText(nano: number): string {
  const whole = Math.trunc(nano / nanoPerUnit);
  const rest = String(nano % nanoPerUnit)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return rest === '' ? String(whole) : `${whole}.${rest}`;
}
