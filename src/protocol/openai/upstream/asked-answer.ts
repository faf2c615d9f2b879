import type { GenerationRequest } from '../../../backend/generation-request.ts';
import type { UpstreamRequestForm } from './to-upstream-request.ts';

/** The request that is answered, in which form it was sent, and what is known of the model. */
export interface AskedAnswer {
  readonly request: GenerationRequest;
  readonly form: Pick<UpstreamRequestForm, 'choiceCount' | 'dialect' | 'isStreamed'>;
  /** Tokens that prompt and answer may have together; undefined: not known. */
  readonly contextLength?: number | undefined;
}
