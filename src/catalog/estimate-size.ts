/**
 * Bits for each weight, scales included: https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md.
 * MXFP4 is left out: its models have the rest of their weights in another form.
 */
const bitsPerWeight: Readonly<Record<string, number>> = { Q4_1: 5, Q4_K_M: 4.85, Q8_0: 8.5, F16: 16 };

const multipliers: Readonly<Record<string, number>> = { M: 1e6, B: 1e9 };

/**
 * Bytes of a model's file, roughly, from what its name says; undefined where that is not enough. Small models with a
 * large vocabulary have more: its weights are quantized less, and makers round them away. Of Gemma 3 270M it is 0.65.
 */
export function estimateSizeBytes(parameterSize: string, quantization: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([MB])$/.exec(parameterSize) ?? [];
  const bits = bitsPerWeight[quantization];
  const multiplier = multipliers[unit];
  if (bits === undefined || multiplier === undefined) return undefined;
  return Math.round((Number(digits) * multiplier * bits) / 8);
}
