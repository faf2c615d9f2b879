import { estimateMemoryBytes } from '../catalog/assert-model-fits.ts';
import type { GgufFacts } from '../catalog/gguf/gguf-facts.ts';
import { toContextRange } from '../engine/context-length.ts';

export interface NeedSettings {
  readonly slots: number;
  /** Tokens per slot. Undefined means as many as fit, up to a default. */
  readonly contextLength: number | undefined;
  readonly memoryBytesMax: number;
}

/** Memory of every engine process: code, compute buffers and vocabulary. */
const overheadBytes = 96 * 1024 ** 2;

/**
 * The expected memory of a loaded model in bytes: weights, the KV cache of all slots, and the fixed part of
 * each process. If the context length is not set, it is halved until it fits, as the engine does with
 * measured values.
 */
export function estimateNeedBytes(facts: GgufFacts, settings: NeedSettings): number {
  const { slots, contextLength, memoryBytesMax } = settings;
  const needBytes = (length: number) => estimateMemoryBytes(facts, slots * length) + overheadBytes;
  const { wanted, min } = toContextRange(contextLength, facts.contextLength);
  let length = wanted;
  while (needBytes(length) > memoryBytesMax && length / 2 >= min) length /= 2;
  return needBytes(length);
}
