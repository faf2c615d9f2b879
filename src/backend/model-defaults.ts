import type { SamplingParameters } from './generation-request.ts';

/** The defaults that a model ships with. Absent: no default. The ranges are the same as in a request. */
export interface ModelDefaults extends DefaultSampling {
  /** Stop sequences, none of them empty. */
  readonly stop?: readonly string[] | undefined;
  /** Tokens to generate at most, 1 or more. */
  readonly maxTokens?: number | undefined;
  /** The system message of a conversation that does not begin with one. */
  readonly systemText?: string | undefined;
}

/** Token ids are a matter of each request. */
export type DefaultSampling = {
  readonly [Name in Exclude<keyof SamplingParameters, 'logitBias'>]?: SamplingParameters[Name] | undefined;
};
