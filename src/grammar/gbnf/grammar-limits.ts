/** Bytes of one grammar at most: longer ones take the engine more than 150 ms to the first token. */
export const grammarBytesMax = 524_288;

/**
 * Maximum of repetitions times the rules of the repeated part. It is llama.cpp's MAX_REPETITION_THRESHOLD.
 * Above it, llama.cpp silently allows any number.
 */
export const repetitionsMax = 2_000;
