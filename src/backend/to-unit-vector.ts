/** The vector with the length 1; one of zeros stays as it is. */
export function toUnitVector(numbers: Float32Array | Float64Array | readonly number[]): Float32Array {
  let squares = 0;
  for (const number of numbers) squares += number * number;
  const length = Math.sqrt(squares);
  return Float32Array.from(numbers, (number) => (length === 0 ? 0 : number / length));
}
