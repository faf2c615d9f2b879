import { createHash } from 'node:crypto';
import type { GenerationRequest } from '../../backend/generation-request.ts';

/** Bytes of a derived seed, so few that every value is an exact number. */
const derivedSeedBytes = 6;

/**
 * The request for one of several choices. The first is the request itself, so it gives the answer of a
 * request without choices. The others use different seeds, derived from a given one.
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
