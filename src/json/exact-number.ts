// A JSON number that JavaScript would change: an integer beyond 2^53, or a fraction with more digits than a
// double. It keeps its digits. All other numbers stay plain numbers, so most code never sees this class.

/** A JSON number with its exact value. */
export type JsonNumber = number | ExactNumber;

/** Maximum digits of a number and of its exponent. More digits have no practical use. */
export const numberDigitsMax = 1_000;

/** A number in the text has too many digits. */
export class NumberTooLongError extends Error {
  constructor() {
    super(`A number has more than ${numberDigitsMax} digits, or an exponent beyond them.`);
    this.name = 'NumberTooLongError';
  }
}

/**
 * `digits` times ten to the power of `exponent`. '0' for zero, otherwise without leading or trailing zeros.
 */
interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

export class ExactNumber {
  /** As written in the text. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get isInteger(): boolean {
    return toDecimal(this.text).exponent >= 0;
  }

  /** For integers only. */
  toBigInt(): bigint {
    const { isNegative, digits, exponent } = toDecimal(this.text);
    return BigInt(`${isNegative ? '-' : ''}${digits}${'0'.repeat(exponent)}`);
  }

  /** The nearest double, infinite if out of range. */
  toNumber(): number {
    return Number(this.text);
  }

  /** Code that does not know this class would write another number. Use `writeJson`. */
  toJSON(): never {
    throw new ExactNumberMetError();
  }
}

export class ExactNumberMetError extends Error {
  constructor() {
    super('An exact number is written by writeJson alone.');
    this.name = 'ExactNumberMetError';
  }
}

/** The range of a signed 64-bit integer. */
export const int64Min = new ExactNumber('-9223372036854775808');
export const int64Max = new ExactNumber('9223372036854775807');

/** @throws {NumberTooLongError} */
export function toJsonNumber(text: string): JsonNumber {
  const value = Number(text);
  const decimal = toDecimal(text);
  if (decimal.digits.length > numberDigitsMax || Math.abs(decimal.exponent) > numberDigitsMax) {
    throw new NumberTooLongError();
  }
  const isSame = decimal.exponent >= 0 ? Number.isSafeInteger(value) : isOfDouble(value, decimal);
  return isSame ? value : new ExactNumber(text);
}

/** Whether a fraction is a printed double: with the fewest digits, or rounded to more digits. */
function isOfDouble(value: number, decimal: Decimal): boolean {
  if (value === 0 || !Number.isFinite(value)) return false;
  return [String(value), value.toPrecision(Math.min(decimal.digits.length, 100))].some((printed) => {
    const { digits, exponent } = toDecimal(printed);
    return digits === decimal.digits && exponent === decimal.exponent;
  });
}

export function isIntegerNumber(value: JsonNumber): boolean {
  return typeof value === 'number' ? Number.isInteger(value) : value.isInteger;
}

/** Negative, 0 or positive, for sorting. */
export function compareNumbers(one: JsonNumber, other: JsonNumber): number {
  if (typeof one === 'number' && typeof other === 'number') return one < other ? -1 : Number(one > other);
  const [left, right] = [toDecimal(toText(one)), toDecimal(toText(other))];
  const [leftSign, rightSign] = [toSign(left), toSign(right)];
  if (leftSign !== rightSign) return leftSign - rightSign;
  return leftSign * compareMagnitudes(left, right);
}

function compareMagnitudes(one: Decimal, other: Decimal): number {
  const lengths = one.digits.length + one.exponent - (other.digits.length + other.exponent);
  if (lengths !== 0) return Math.sign(lengths);
  const length = Math.max(one.digits.length, other.digits.length);
  const [left, right] = [one.digits.padEnd(length, '0'), other.digits.padEnd(length, '0')];
  return left < right ? -1 : Number(left > right);
}

function toSign({ digits, isNegative }: Decimal): number {
  if (digits === '0') return 0;
  return isNegative ? -1 : 1;
}

/** The same text for equal numbers, however they were written. */
export function toNumberKey(value: JsonNumber): string {
  if (typeof value === 'number') return String(value === 0 ? 0 : value);
  const { isNegative, digits, exponent } = toDecimal(value.text);
  return `${isNegative ? '-' : ''}${digits}e${exponent}`;
}

/** The digits before and after the decimal point, without sign, exponent or unnecessary zeros. */
export function toPlaces(value: JsonNumber): { readonly whole: string; readonly fraction: string } {
  const { digits, exponent } = toDecimal(toText(value));
  if (exponent >= 0) return { whole: digits === '0' ? '0' : digits + '0'.repeat(exponent), fraction: '' };
  const padded = digits.padStart(1 - exponent, '0');
  return { whole: padded.slice(0, exponent), fraction: padded.slice(exponent) };
}

function toText(value: JsonNumber): string {
  if (typeof value !== 'number') return value.text;
  // Beyond these, JavaScript prints rounded digits.
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isFinite(value)
    ? BigInt(value).toString()
    : String(value);
}

function toDecimal(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const isNegative = mantissa.startsWith('-');
  const [whole = '', fraction = ''] = mantissa.replace(/^[-+]/, '').split('.');
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return { isNegative: false, digits: '0', exponent: 0 };
  return { isNegative, digits, exponent: Number(power) - fraction.length + all.length - digits.length };
}
