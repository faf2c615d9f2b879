import { BackendError } from '../../backend/backend-error.ts';
import type { TextPrompt, TokenPrompt } from '../../backend/generation-request.ts';
import type { Vocabulary } from './vocabulary.ts';

type RawModel = { readonly vocabulary: Vocabulary };

/** The beginning, the end and then the place of the middle is the order in which most models were trained. */
export function toTextTokens({ vocabulary }: RawModel, { text, suffix }: TextPrompt): Uint32Array {
  const { beginToken, fillTokens } = vocabulary;
  const own = vocabulary.tokenizeTemplate(text);
  // A text that brings its own begin token, as a rendered template does, gets no second one.
  const begin = beginToken === undefined || own[0] === beginToken ? [] : [beginToken];
  if (suffix === undefined || suffix === '') {
    return own.length + begin.length === 0 ? toEmptyPrompt(vocabulary) : Uint32Array.from([...begin, ...own]);
  }
  if (fillTokens === undefined) {
    throw new BackendError(
      'unsupported_suffix',
      "Unsupported parameter: 'suffix' is not supported by this model, which can't fill in the middle of a text.",
    );
  }
  const { prefix, suffix: end, middle } = fillTokens;
  return Uint32Array.from([...begin, prefix, ...own, end, ...vocabulary.tokenizeTemplate(suffix), middle]);
}

/** Something must be evaluated before a token can be drawn: what stands between documents. */
function toEmptyPrompt({ endToken }: Vocabulary): Uint32Array {
  return Uint32Array.of(endToken);
}

export function toKnownTokens({ vocabulary }: RawModel, { tokens }: TokenPrompt): Uint32Array {
  assertPromptTokens(tokens, vocabulary.size);
  return Uint32Array.from(tokens);
}

/** Throws `unknown_prompt_token`: the native code takes an id as an index and does not look whether it is one. */
export function assertPromptTokens(tokens: readonly number[], vocabularySize: number): void {
  const unknown = tokens.find((token) => token >= vocabularySize);
  if (unknown !== undefined) {
    throw new BackendError(
      'unknown_prompt_token',
      `Invalid token: there is no token ${unknown}; this model's tokens are 0 to ${vocabularySize - 1}.`,
    );
  }
}
