import { totalmem } from 'node:os';
import type { GgufFacts } from './gguf/gguf-facts.ts';
import { ModelCheckError } from './gguf/model-check-error.ts';

/** Tokens of the shortest context that is of use; an engine takes more where there is room. */
const contextLengthMin = 512;

/** The KV cache holds half-precision numbers. */
const cacheNumberBytes = 2;

/**
 * The minimum memory of a model in bytes: its weights, and the KV cache of one context of `contextLength`
 * tokens.
 */
export function estimateMemoryBytes(facts: GgufFacts, contextLength = contextLengthMin): number {
  const { layers = 0, headCountKv = 0, keyLength = 0, valueLength = 0, sizeBytes } = facts;
  const tokenBytes = layers * headCountKv * (keyLength + valueLength) * cacheNumberBytes;
  return sizeBytes + Math.ceil(tokenBytes * contextLength);
}

/** The memory of the machine, or of its container, in bytes. */
export function readMachineMemoryBytes(): number {
  const totalBytes = totalmem();
  const constrainedBytes = process.constrainedMemory();
  return constrainedBytes > 0 ? Math.min(totalBytes, constrainedBytes) : totalBytes;
}

/**
 * Refuses models that can never run on this machine. The engine checks at load time whether a model fits next
 * to running programs.
 * @throws ModelCheckError
 */
export function assertModelFits(name: string, facts: GgufFacts, machineBytes: number): void {
  const neededBytes = estimateMemoryBytes(facts);
  if (neededBytes <= machineBytes) return;
  throw new ModelCheckError(
    'insufficient_memory',
    `The model ${name} needs at least ${toGigabytes(neededBytes)} GB of memory, and this machine has ${toGigabytes(machineBytes)} GB. Choose a smaller one or one with a stronger quantization.`,
  );
}

function toGigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
