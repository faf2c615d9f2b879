import { expect, test } from 'vitest';
import { estimateSizeBytes } from './estimate-size.ts';

test.each([
  // What these files really have, of which the estimate may be a third away.
  ['135M', 'Q4_1', 98_362_432],
  ['8B', 'Q4_K_M', 4_920_739_232],
  ['8B', 'F16', 16_068_890_912],
  ['70B', 'Q4_K_M', 42_520_398_816],
  ['0.5B', 'Q4_K_M', 397_807_936],
])('%s in %s', (parameterSize, quantization, sizeBytes) => {
  const estimate = estimateSizeBytes(parameterSize, quantization) ?? 0;
  expect(estimate / sizeBytes).toBeGreaterThan(2 / 3);
  expect(estimate / sizeBytes).toBeLessThan(4 / 3);
});

test('a name that says too little has none', () => {
  expect(estimateSizeBytes('20B', 'MXFP4')).toBeUndefined();
  expect(estimateSizeBytes('', 'Q8_0')).toBeUndefined();
});
