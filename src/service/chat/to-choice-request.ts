import { createHash } from 'node:crypto';
import type { GenerationRequest } from '../../backend/generation-request.ts';

/** Bytes of a derived seed: as many as every number of them is exact. */
const derivedSeedBytes = 6;

/**
 * The request for one of several choices. The first is the request itself, so that it is the answer that would have
 * come alone; the others draw with seeds of their own, which follow from a given one.
 */
export function toChoiceRequest(request: GenerationRequest, choice: number): GenerationRequest {
  if (choice === 0) return request;
  const { id, sampling } = request;
  const { seed } = sampling;
  return {
    ...request,
    id: `${id}-${choice}`,
    isFurtherChoice: true,
    sampling: { ...sampling, seed: seed === undefined ? undefined : deriveSeed(seed, choice) },
  };
}

/** Hashed, because further attempts of a choice count on from its seed. */
function deriveSeed(seed: number | bigint, choice: number): number {
  return createHash('sha256').update(`${seed}/${choice}`).digest().readUIntBE(0, derivedSeedBytes);
}
