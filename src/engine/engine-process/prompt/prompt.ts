import type { GenerationRequest } from '../../../backend/generation-request.ts';
import type { EngineModel } from '../model/engine-model.ts';

export interface Prompt {
  readonly tokens: Uint32Array;
  readonly start: AnswerStart;
  /** Undefined: the answer does not begin with it. */
  readonly echo: PromptEcho | undefined;
}

/** A prompt as its answer repeats it. */
export interface PromptEcho {
  readonly text: string;
  /** Its first token: those before it were put there by us. */
  readonly from: number;
}

/**
 * The state in which the model continues. `thought`: inside of reasoning that the prompt has started. `text`:
 * inside of a text that the prompt has started, so reasoning that is only allowed at the start can't follow.
 */
export type AnswerStart = 'turn' | 'thought' | 'text';

/** The parts of a model that determine a prompt. */
export type PromptModel = Pick<
  EngineModel,
  'template' | 'templateText' | 'tokenizer' | 'toolCalls' | 'reasoningTags' | 'vocabulary'
> & { readonly facts: Pick<EngineModel['facts'], 'contextLength' | 'tokenBytesMax'> };

export type PromptRequest = Pick<
  GenerationRequest,
  | 'prompt'
  | 'toolUse'
  | 'reasoning'
  | 'verbosity'
  | 'templateVariables'
  | 'continuesLastMessage'
  | 'maxTokens'
>;
