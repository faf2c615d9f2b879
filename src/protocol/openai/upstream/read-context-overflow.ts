import { BackendError, createContextOverflowError } from '../../../backend/backend-error.ts';
import type { GenerationPrompt } from '../../../backend/generation-request.ts';
import type { ErrorText } from './read-error-text.ts';

/** How servers say that the prompt, or prompt and answer, are longer than the context. */
const overflowPatterns: readonly RegExp[] = [
  // OpenAI, vLLM, LiteLLM, OpenRouter, Mistral
  /maximum (?:context|prompt) length/i,
  // OpenAI's newer models
  /exceeds the context window/i,
  // SGLang and Together
  /longer than the model's context length/i,
  // llama-server, LM Studio
  /exceeds? the available context size|greater than the context length|n_keep.*n_ctx/i,
  // Ollama
  /exceeds (?:the |maximum )?(?:input )?context (?:length|size)|input length exceeds/i,
  /exceeds the maximum allowed input length|maximum allowed length/i,
  // Anthropic and Google, behind a gateway
  /prompt is too long|input token count.*exceeds|contextwindowexceedederror/i,
  /context[ _](?:length|window)[ _]exceeded/i,
];

const overflowWords: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'exceed_context_size_error',
  'context_window_exceeded',
]);

/** The answer alone is too long: a limit of its tokens that the model or the rest of its context does not have. */
const lengthPatterns: readonly RegExp[] = [
  // vLLM: more than the context, and before 0.20 more than the rest of it
  /max_(?:completion_|model_)?(?:tokens|len)\S* cannot be greater than/i,
  /max_(?:completion_)?tokens['"`]? (?:is|are|value is) too (?:large|high|big)/i,
  // OpenAI
  /supports at most \d+ completion tokens/i,
];

/** vLLM and SGLang add the tokens that were asked for to those of the prompt. */
const sumPattern =
  /you requested (\d+) tokens \((\d+) in the (?:messages|prompt), (\d+) in the completion\)|(\d+) tokens from the input messages and (\d+) tokens for the completion|(\d+) output tokens and your prompt contains (?:at least )?(\d+)/i;

export function isContextOverflow({ message, words }: ErrorText): boolean {
  return (
    words.some((word) => overflowWords.has(word)) || overflowPatterns.some((pattern) => pattern.test(message))
  );
}

/**
 * The prompt fits, and the limit of the answer's tokens does not. Our API accepts such a limit: without it the upstream
 * fills what is left, which is less.
 */
export function asksForTooManyTokens(text: ErrorText): boolean {
  if (lengthPatterns.some((pattern) => pattern.test(text.message))) return true;
  const { contextLength, promptTokens } = readCounts(text);
  const hasSum = sumPattern.test(text.message);
  return hasSum && contextLength !== undefined && promptTokens !== undefined && promptTokens < contextLength;
}

/** OpenAI's sentence, with the counts as far as the upstream says them. */
export function toOverflowError(
  text: ErrorText,
  kind: GenerationPrompt['kind'],
  knownLength: number | undefined,
): BackendError {
  const { contextLength = knownLength, promptTokens } = readCounts(text);
  if (contextLength !== undefined && promptTokens !== undefined) {
    return createContextOverflowError(contextLength, promptTokens, kind);
  }
  const what = kind === 'chat' ? 'messages' : 'prompt';
  const limit =
    contextLength === undefined
      ? `Your ${what} exceeded this model's maximum context length.`
      : `This model's maximum context length is ${contextLength} tokens. However, your ${what} resulted in more tokens.`;
  return new BackendError('context_length_exceeded', `${limit} Please reduce the length of the ${what}.`);
}

interface OverflowCounts {
  readonly contextLength: number | undefined;
  readonly promptTokens: number | undefined;
}

/** The limit and the prompt's tokens, in that order or in the other. */
const limitFirst: readonly RegExp[] = [
  /maximum (?:context|prompt) length is (\d+).*?(?:resulted in|contains(?: at least)?|request has) (\d+)/i,
  /maximum context length is (\d+).*?\((\d+) in the (?:messages|prompt)/i,
  /maximum context length of (\d+).*?requested .*?: (\d+) tokens from the input/i,
  /maximum context length is (\d+)/i,
  /maximum context length of (\d+)/i,
];
const limitLast: readonly RegExp[] = [
  /\((\d+) tokens\) (?:exceeds the available context size|is longer than the model's context length) \((\d+)/i,
  /input length (\d+) exceeds the maximum allowed input length of (\d+)/i,
  /prompt is too long: (\d+) tokens > (\d+)/i,
  /\((\d+) > (\d+)/i,
];

function readCounts({ message, fields }: ErrorText): OverflowCounts {
  const { n_ctx: contextSize, n_prompt_tokens: promptSize } = fields;
  if (typeof contextSize === 'number' && typeof promptSize === 'number') {
    return { contextLength: contextSize, promptTokens: promptSize };
  }
  // Counts may have separators, as in 256,000.
  const text = message.replace(/(\d),(?=\d{3})/g, '$1');
  for (const pattern of limitLast) {
    const [, prompt, limit] = pattern.exec(text) ?? [];
    if (prompt !== undefined) return { contextLength: Number(limit), promptTokens: Number(prompt) };
  }
  for (const pattern of limitFirst) {
    const [, limit, prompt] = pattern.exec(text) ?? [];
    if (limit === undefined) continue;
    return { contextLength: Number(limit), promptTokens: prompt === undefined ? undefined : Number(prompt) };
  }
  return { contextLength: undefined, promptTokens: undefined };
}
