const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const rough = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** Such as `8,192`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** Such as `135M` or `8.03B`, as the names of models have it. */
export function formatParameterCount(count: number): string {
  return withUnit(count, ['', 'K', 'M', 'B', 'T'], short);
}

/** Such as `98.4 MB`, in powers of a thousand. */
export function formatBytes(bytes: number): string {
  return withUnit(bytes, byteUnits, short);
}

/** The same of an estimate, such as `4.9 GB`. */
export function formatBytesRoughly(bytes: number): string {
  return withUnit(bytes, byteUnits, rough);
}

const byteUnits = [' B', ' KB', ' MB', ' GB', ' TB'];

function withUnit(quantity: number, units: readonly string[], format: Intl.NumberFormat): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, quantity)) / 3));
  return `${format.format(quantity / 1000 ** power)}${units[power] ?? ''}`;
}
