import type { GenerationRequest } from './generation-request.ts';

/** The text to tokenize. */
export type TokenizationInput =
  /** The prompt that this request would be generated from. */
  { readonly kind: 'request'; readonly request: GenerationRequest } | PlainTextInput;

export interface PlainTextInput {
  readonly kind: 'text';
  /** Up to `tokenizedBytesMax` bytes in UTF-8. */
  readonly text: string;
  /** The control tokens that the model wants around a text are added. */
  readonly addsControlTokens: boolean;
  /** The names of control tokens in the text are control tokens. */
  readonly readsControlTokens: boolean;
}

export interface TokenizedText {
  readonly tokens: readonly number[];
  /** The tokens as the model's vocabulary writes them. */
  readonly texts: readonly string[];
}

/** Maximum bytes of a text that is tokenized at once, because other requests wait meanwhile. */
export const tokenizedBytesMax = 131_072;

/** Tokens that are turned into text at once. */
export const detokenizedTokensMax = 65_536;
