import type { UseCaseCall } from '../usage/use-case-call.ts';
import type { RateLimitFigures } from './rate-limit-figures.ts';

/** The needs of a use case, as far as known. */
export interface AdmissionNeed {
  /** The name of the deployment as clients have it, and as operators have it. */
  readonly modelName: string;
  readonly deploymentName: string;
  /** Counted or estimated. */
  readonly promptTokens: number;
  /** That the client allows for each answer; undefined: it left the length open. */
  readonly maxTokens: number | undefined;
  /** That each answer may have at most, whatever was asked for. */
  readonly answerTokensMax: number;
  /** Of all prompts together; 0: nothing is generated. */
  readonly answers: number;
  /** Default: 1. */
  readonly prompts?: number;
}

export interface AdmittedCall extends Pick<UseCaseCall, 'caller' | 'requestId' | 'endpoint' | 'isStreamed'> {
  /** Ends the request for a reason of ours. */
  readonly abort: (reason: unknown) => void;
  /** Hears what the limits of the caller leave. */
  readonly onFigures?: ((figures: RateLimitFigures) => void) | undefined;
}
