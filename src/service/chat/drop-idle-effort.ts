import type { ModelFacts } from '../../backend/model-facts.ts';
import type { RequestedGeneration } from '../../backend/requested-generation.ts';

export interface HintedRequest {
  readonly request: RequestedGeneration;
  /** An effort was asked for, of a model that does not think: nothing changes. */
  readonly isEffortIdle: boolean;
}

/**
 * Clients send an effort to whatever model they are pointed at. One that does not think meets it with an ordinary
 * answer; where the client wants to hear of what changes nothing, the backend refuses it.
 */
export function dropIdleEffort(
  request: RequestedGeneration,
  { capabilities }: Pick<ModelFacts, 'capabilities'>,
  isStrict: boolean,
): HintedRequest {
  const { reasoning } = request;
  const effort = reasoning?.effort ?? 'none';
  if (effort === 'none' || capabilities.reasoning || isStrict) return { request, isEffortIdle: false };
  const tokensMax = reasoning?.tokensMax;
  const left = tokensMax === undefined ? undefined : { effort: undefined, tokensMax };
  return { request: { ...request, reasoning: left }, isEffortIdle: true };
}
