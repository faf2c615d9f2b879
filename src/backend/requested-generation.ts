import type { GenerationRequest, SamplingParameters } from './generation-request.ts';

/** Fields that the service sets: they follow from the use case. */
type ServiceFields = 'callerId' | 'projectId' | 'isStreamed';

/** A request as its client wrote it: what it leaves open is the model's own default, or else ours. */
export interface RequestedGeneration extends Omit<GenerationRequest, 'sampling' | 'stop' | ServiceFields> {
  readonly sampling: RequestedSampling;
  /** undefined: left open; an empty list: no stop sequence, not even the model's own. */
  readonly stop: readonly string[] | undefined;
  /** For `maxTokens` where neither the request nor the model says it. */
  readonly maxTokensDefault?: number | undefined;
}

/** undefined: left open. */
export type RequestedSampling = {
  readonly [Name in keyof SamplingParameters]: SamplingParameters[Name] | undefined;
};
