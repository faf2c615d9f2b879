import { type BackendError, createContextOverflowError } from '../../backend/backend-error.ts';
import type { PlainTextInput, TokenizedText } from '../../backend/tokenization.ts';
import { unpackRequest } from '../engine-request.ts';
import type { EngineTaskAnswer, TextTask } from '../engine-task.ts';
import type { Vocabulary } from './model/vocabulary.ts';
import type { PromptModel } from './prompt/prompt.ts';
import type { PromptTokenizer } from './prompt/prompt-tokens.ts';
import { toPrompt } from './prompt/to-prompt.ts';
import { assertPromptTokens } from './prompt/to-raw-tokens.ts';

/** Of a model that generates all of it, of one for embeddings only its vocabulary. */
export interface TextTaskModel {
  readonly vocabulary: Vocabulary;
  readonly tokenizer: PromptTokenizer;
  /** The error says what a model without one can't do. */
  readonly prompts: PromptModel | BackendError;
  /** The prompt must have fewer tokens than this, and no more are reported. */
  readonly contextLength: number;
}

/**
 * Does a task at once. Each is bounded, by the contract or by the length of a context, because streams wait for it.
 */
export function runTextTask(model: TextTaskModel, task: TextTask): EngineTaskAnswer {
  const { vocabulary, prompts } = model;
  switch (task.kind) {
    case 'tokenize':
      return describeTokens(vocabulary, tokenize(model, task.input));
    case 'detokenize':
      assertPromptTokens(task.tokens, vocabulary.size);
      return vocabulary.detokenize(Uint32Array.from(task.tokens));
    case 'tokenize-prompt':
    case 'count-tokens': {
      if ('code' in prompts) throw prompts;
      const { tokens } = toPrompt(prompts, unpackRequest(task.request));
      if (tokens.length >= model.contextLength) {
        throw createContextOverflowError(model.contextLength, tokens.length, task.request.prompt.kind);
      }
      return task.kind === 'count-tokens' ? tokens.length : describeTokens(vocabulary, tokens);
    }
  }
}

function describeTokens(vocabulary: Vocabulary, tokens: Uint32Array): TokenizedText {
  return { tokens: [...tokens], texts: Array.from(tokens, (token) => vocabulary.tokenText(token)) };
}

function tokenize({ vocabulary, tokenizer }: TextTaskModel, input: PlainTextInput): Uint32Array {
  const { text, addsControlTokens, readsControlTokens } = input;
  const own = readsControlTokens ? tokenizer.tokenizeTemplate(text) : vocabulary.tokenize(text);
  return addsControlTokens ? addControlTokens(vocabulary, own) : own;
}

/** The tokens, with the control tokens that the model expects around a text, unless they are there. */
export function addControlTokens(
  { beginToken, closeToken }: Pick<Vocabulary, 'beginToken' | 'closeToken'>,
  own: Uint32Array,
): Uint32Array {
  const begin = beginToken === undefined || own[0] === beginToken ? [] : [beginToken];
  const close = closeToken === undefined || own.at(-1) === closeToken ? [] : [closeToken];
  return Uint32Array.from([...begin, ...own, ...close]);
}
