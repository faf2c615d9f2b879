/** Bytes of one grammar at most: longer ones take the engine more than 150 ms to the first token. */
export const grammarBytesMax = 524_288;
