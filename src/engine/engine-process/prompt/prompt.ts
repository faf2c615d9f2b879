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
 * Where the model goes on. `thought`: the prompt has begun one. `text`: in a text that the prompt has begun, so that
 * a thought which may only be at an answer's start can't come any more.
 */
export type AnswerStart = 'turn' | 'thought' | 'text';

/** What of a model makes a prompt. */
export type PromptModel = Pick<
  EngineModel,
  'template' | 'templateText' | 'tokenizer' | 'toolCalls' | 'reasoningTags' | 'vocabulary'
> & { readonly facts: Pick<EngineModel['facts'], 'contextLength' | 'tokenBytesMax'> };

export type PromptRequest = Pick<
  GenerationRequest,
  'prompt' | 'toolUse' | 'reasoning' | 'templateVariables' | 'continuesLastMessage' | 'maxTokens'
>;
