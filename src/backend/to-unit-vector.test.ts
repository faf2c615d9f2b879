import { expect, test } from 'vitest';
import { toUnitVector } from './to-unit-vector.ts';

test('any list of numbers gets the length 1, and zeros stay zeros', () => {
  const wanted = Float32Array.of(0.6, -0.8);
  expect(toUnitVector([3, -4])).toEqual(wanted);
  expect(toUnitVector(Float32Array.of(3, -4))).toEqual(wanted);
  expect(toUnitVector(Float64Array.of(3e200, -4e200).map((one) => one / 1e200))).toEqual(wanted);
  expect(toUnitVector([0, 0])).toEqual(Float32Array.of(0, 0));
});
