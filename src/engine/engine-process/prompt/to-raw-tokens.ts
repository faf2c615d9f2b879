import { BackendError } from '../../../backend/backend-error.ts';
import type { TextPrompt, TokenPrompt } from '../../../backend/generation-request.ts';
import { placed } from '../../../backend/placed-text.ts';
import type { EngineModel } from '../model/engine-model.ts';
import type { Prompt } from './prompt.ts';

type RawModel = Pick<EngineModel, 'vocabulary' | 'tokenizer'>;

/** The beginning, the end and then the place of the middle is the order in which most models were trained. */
export function toTextTokens(
  { vocabulary, tokenizer }: RawModel,
  { text, suffix, isEchoed }: TextPrompt,
): RawPrompt {
  const { beginToken, fillTokens } = vocabulary;
  const own = tokenizer.tokenizeTemplate(text);
  // A text that contains the begin token, such as a rendered template, gets no second one.
  const begin = beginToken === undefined || own[0] === beginToken ? [] : [beginToken];
  if (suffix === undefined || suffix === '') {
    const isEmpty = own.length + begin.length === 0;
    // Something must be evaluated before a token can be drawn: what stands between two texts.
    const added = isEmpty ? [vocabulary.endToken] : begin;
    return {
      tokens: Uint32Array.from([...added, ...own]),
      echo: isEchoed ? { text, from: added.length } : undefined,
    };
  }
  if (fillTokens === undefined) {
    throw new BackendError(
      'unsupported_suffix',
      placed`Unsupported parameter: '${{ kind: 'suffix' }}' is not supported by this model, which can't fill in the middle of a text.`,
    );
  }
  const { prefix, suffix: end, middle } = fillTokens;
  const after = tokenizer.tokenizeTemplate(suffix);
  return {
    tokens: Uint32Array.from([...begin, prefix, ...own, end, ...after, middle]),
    // Its tokens are in another order than its text.
    echo: undefined,
  };
}

export type RawPrompt = Pick<Prompt, 'tokens' | 'echo'>;

export function toKnownTokens({ vocabulary }: RawModel, { tokens: ids, isEchoed }: TokenPrompt): RawPrompt {
  assertPromptTokens(ids, vocabulary.size);
  const tokens = Uint32Array.from(ids);
  return { tokens, echo: isEchoed ? { text: vocabulary.detokenize(tokens), from: 0 } : undefined };
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
