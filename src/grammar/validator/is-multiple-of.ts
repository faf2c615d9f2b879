/** Exact in decimals, as JSON writes numbers: 0.3 is a multiple of 0.1, and 1e-10 is none of 1. */
export function isMultipleOf(value: number, divisor: number): boolean {
  const [valueDigits, valueExponent] = toDecimal(value);
  const [divisorDigits, divisorExponent] = toDecimal(divisor);
  // Numbers reach from 5e-324 to 2e308, so the powers stay below 10^650.
  const least = Math.min(valueExponent, divisorExponent);
  const scaledValue = valueDigits * 10n ** BigInt(valueExponent - least);
  const scaledDivisor = divisorDigits * 10n ** BigInt(divisorExponent - least);
  return scaledDivisor !== 0n && scaledValue % scaledDivisor === 0n;
}

/** The shortest digits that mean the number, and the power of ten that they are multiplied with. */
function toDecimal(value: number): [digits: bigint, exponent: number] {
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  const fraction = mantissa.split('.')[1] ?? '';
  return [BigInt(mantissa.replace('.', '')), Number(power) - fraction.length];
}
