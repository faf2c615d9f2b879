import type { EmbeddingInput, Embeddings } from '../backend/embedding.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { PlainTextInput, TokenizedText } from '../backend/tokenization.ts';

/** Requests to the engine process besides generation. Each has one answer and needs no slot. */
export type EngineTask =
  | { readonly kind: 'tokenize'; readonly input: PlainTextInput }
  | { readonly kind: 'tokenize-prompt'; readonly request: GenerationRequest }
  | { readonly kind: 'count-tokens'; readonly request: GenerationRequest }
  | { readonly kind: 'detokenize'; readonly tokens: readonly number[] }
  | {
      readonly kind: 'embed';
      readonly inputs: readonly EmbeddingInput[];
      readonly callerId: string | undefined;
    };

export interface EngineTaskAnswers {
  readonly tokenize: TokenizedText;
  readonly 'tokenize-prompt': TokenizedText;
  readonly 'count-tokens': number;
  readonly detokenize: string;
  readonly embed: Embeddings;
}

export type EngineTaskAnswer = EngineTaskAnswers[EngineTask['kind']];

/** A task that is done at once, in the thread that also drives the steps. */
export type TextTask = Exclude<EngineTask, { readonly kind: 'embed' }>;
