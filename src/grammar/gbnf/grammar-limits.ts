/** Bytes of one grammar at most: longer ones take the engine more than 150 ms to the first token. */
export const grammarBytesMax = 524_288;

/**
 * Repetitions of a thing, times the rules that it is made of. llama.cpp's own, MAX_REPETITION_THRESHOLD: it takes
 * more than that for any number without a word.
 */
export const repetitionsMax = 2_000;
