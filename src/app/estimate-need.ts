import { estimateMemoryBytes } from '../catalog/assert-model-fits.ts';
import type { GgufFacts } from '../catalog/gguf/gguf-facts.ts';
import { toContextRange } from '../engine/context-length.ts';

export interface NeedSettings {
  readonly slots: number;
  /** Tokens for each slot; undefined: as many as fit, up to a default. */
  readonly contextLength: number | undefined;
  readonly memoryBytesMax: number;
}

/** Of every engine process: its code, its compute buffers and the vocabulary. */
const overheadBytes = 96 * 1024 ** 2;

/**
 * What a loaded model is expected to take, in bytes: weights, the KV cache of all slots, and what comes with every
 * process. Where the context is free it is halved until it fits, as the engine does with what it measures itself.
 */
export function estimateNeedBytes(facts: GgufFacts, settings: NeedSettings): number {
  const { slots, contextLength, memoryBytesMax } = settings;
  const needBytes = (length: number) => estimateMemoryBytes(facts, slots * length) + overheadBytes;
  const { wanted, min } = toContextRange(contextLength, facts.contextLength);
  let length = wanted;
  while (needBytes(length) > memoryBytesMax && length / 2 >= min) length /= 2;
  return needBytes(length);
}
