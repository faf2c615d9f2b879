/**
 * Bits per weight, including scales:
 * https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md. MXFP4 is omitted, because its
 * models store other weights in another format.
 */
const bitsPerWeight: Readonly<Record<string, number>> = { Q4_1: 5, Q4_K_M: 4.85, Q8_0: 8.5, F16: 16 };

const multipliers: Readonly<Record<string, number>> = { M: 1e6, B: 1e9 };

/**
 * Estimates the bytes of a model's file from its name. Undefined if the name is not enough. Small models with
 * a large vocabulary are larger: the vocabulary is quantized less, and makers round its weights away. For
 * Gemma 3 270M the estimate is 0.65 of the real size.
 */
export function estimateSizeBytes(parameterSize: string, quantization: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([MB])$/.exec(parameterSize) ?? [];
  const bits = bitsPerWeight[quantization];
  const multiplier = multipliers[unit];
  if (bits === undefined || multiplier === undefined) return undefined;
  return Math.round((Number(digits) * multiplier * bits) / 8);
}
