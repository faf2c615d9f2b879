/**
 * Bits for each weight, scales included: https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md.
 * MXFP4 is left out: its models have the rest of their weights in another form.
 */
const bitsPerWeight: Readonly<Record<string, number>> = { Q4_1: 5, Q4_K_M: 4.85, Q8_0: 8.5, F16: 16 };

const multipliers: Readonly<Record<string, number>> = { M: 1e6, B: 1e9 };

/**
 * Bytes of a model's file, from what its name says: a third too few at worst, for makers leave the vocabulary out of
 * the sizes of small models. Undefined where the name doesn't say enough.
 */
export function estimateSizeBytes(parameterSize: string, quantization: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([MB])$/.exec(parameterSize) ?? [];
  const bits = bitsPerWeight[quantization];
  const multiplier = multipliers[unit];
  if (bits === undefined || multiplier === undefined) return undefined;
  return Math.round((Number(digits) * multiplier * bits) / 8);
}
