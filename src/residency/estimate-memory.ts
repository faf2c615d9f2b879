/** What of a model file decides how much memory it takes. Absent: unknown. */
export interface MemoryFacts {
  /** Of all weights. */
  readonly sizeBytes: number;
  readonly layerCount?: number | undefined;
  /** Heads of keys and values. */
  readonly kvHeadCount?: number | undefined;
  readonly keyLength?: number | undefined;
  readonly valueLength?: number | undefined;
  readonly trainedContextLength?: number | undefined;
}

export interface MemorySettings {
  readonly slots: number;
  /** Tokens for each slot; undefined: as many as fit, up to `contextLengthDefault`. */
  readonly contextLength: number | undefined;
  readonly memoryBytesMax: number;
}

/** Keys and values are kept as 16-bit floats. */
const cacheValueBytes = 2;
/** The process, its compute buffers and the vocabulary. */
const overheadBytes = 96 * 1024 ** 2;
const contextLengthDefault = 8192;
const contextLengthMin = 512;

/**
 * What a loaded model is expected to take, in bytes: weights, KV cache and what comes with every engine process. Where
 * the context is free it is halved until it fits, as the engine does with what it measures itself.
 */
export function estimateMemoryBytes(facts: MemoryFacts, settings: MemorySettings): number {
  const { contextLength, memoryBytesMax } = settings;
  let length =
    contextLength ?? Math.min(facts.trainedContextLength ?? contextLengthDefault, contextLengthDefault);
  const lengthMin = contextLength ?? contextLengthMin;
  while (toBytes(facts, settings.slots, length) > memoryBytesMax && length / 2 >= lengthMin) length /= 2;
  return toBytes(facts, settings.slots, length);
}

function toBytes(facts: MemoryFacts, slots: number, contextLength: number): number {
  const { sizeBytes, layerCount = 0, kvHeadCount = 0, keyLength = 0, valueLength = keyLength } = facts;
  const tokenBytes = layerCount * kvHeadCount * (keyLength + valueLength) * cacheValueBytes;
  return Math.ceil(sizeBytes + overheadBytes + slots * contextLength * tokenBytes);
}
