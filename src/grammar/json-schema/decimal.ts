/** A number written out: no sign, no exponent, no needless zeros. */
export interface Decimal {
  /** At least one digit. */
  readonly whole: string;
  /** Digits after the point; '' for a whole number. */
  readonly fraction: string;
}

/**
 * The magnitude of a finite number: as JavaScript prints it, and exactly where it prints rounded digits, so that the
 * bound 2^63 - 1 refuses the text 9223372036854776000.
 */
export function toDecimal(value: number): Decimal {
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return { whole: BigInt(Math.abs(value)).toString(), fraction: '' };
  }
  const [mantissa = '0', exponentText = '0'] = Math.abs(value).toString().toLowerCase().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const exponent = Number(exponentText);
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const padded = point > 0 ? digits.padEnd(point, '0') : digits.padStart(digits.length - point + 1, '0');
  const at = Math.max(point, 1);
  return {
    whole: padded.slice(0, at).replace(/^0+(?=\d)/, ''),
    fraction: padded.slice(at).replace(/0+$/, ''),
  };
}
