import { expect, test } from 'vitest';
import { estimateSizeBytes } from './estimate-size.ts';

// The sizes of these files are known because the tests use them; the last is the worst of them.
test.each([
  ['SmolLM2 135M', '135M', 'Q4_1', 98_362_432],
  ['all-MiniLM L6 v2', '22M', 'F16', 46_223_392],
  ['Gemma 3 270M', '270M', 'Q4_K_M', 253_113_024],
])('the estimate of %s is rough but of use', (_name, parameterSize, quantization, sizeBytes) => {
  const estimate = estimateSizeBytes(parameterSize, quantization) ?? 0;
  expect(estimate / sizeBytes).toBeGreaterThan(0.6);
  expect(estimate / sizeBytes).toBeLessThan(1.1);
});

test('it is weights by bits', () => {
  expect(estimateSizeBytes('8B', 'F16')).toBe(16_000_000_000);
  expect(estimateSizeBytes('0.5B', 'Q8_0')).toBe(531_250_000);
});

test('a name that says too little has none', () => {
  expect(estimateSizeBytes('20B', 'MXFP4')).toBeUndefined();
  expect(estimateSizeBytes('', 'Q8_0')).toBeUndefined();
});
