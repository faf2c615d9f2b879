import type { GenerationRequest } from './generation-request.ts';

/** What to tell the tokens of. */
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

/** Bytes of a text that is tokenised at once: nobody else's next token may wait long for it. */
export const tokenizedBytesMax = 131_072;

/** Tokens that are turned into text at once. */
export const detokenizedTokensMax = 65_536;
