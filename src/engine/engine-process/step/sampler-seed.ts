import { createHash, randomInt } from 'node:crypto';

/** llama.cpp takes this value for "choose a seed yourself". Source: llama.h, LLAMA_DEFAULT_SEED. */
const reservedSeed = 0xffff_ffff;

/**
 * The engine's seeds have 32 bits. Smaller ones are used as they are; others are hashed, so that all of
 * their digits count. No seed means a random one: the binding itself would take the current second, and
 * requests of one second would get one answer.
 */
export function toSamplerSeed(seed: number | bigint | undefined): number {
  if (seed === undefined) {
    return randomInt(0, reservedSeed);
  }
  if (seed >= 0 && seed < reservedSeed && Number.isInteger(Number(seed))) {
    return Number(seed);
  }
  return createHash('sha256').update(String(seed)).digest().readUInt32LE(0) % reservedSeed;
}
