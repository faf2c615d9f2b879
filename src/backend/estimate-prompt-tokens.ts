import type { EmbeddingInput } from './embedding.ts';
import type { ChatMessage, GenerationPrompt, GenerationRequest } from './generation-request.ts';

/** Bytes of UTF-8 for each token: of English text they are four, of most others and of code three. */
const bytesPerToken = 3;

/** Tokens that a chat template adds to a message. */
const tokensPerMessage = 5;

/** Tokens of one image for a vision model. */
const tokensPerImage = 1000;

/** Before anybody counts: the backend's own number takes its place as soon as it is known. */
export function estimatePromptTokens(
  { prompt, toolUse, outputFormat }: Pick<GenerationRequest, 'prompt' | 'toolUse' | 'outputFormat'>,
  furtherPrompts: readonly GenerationPrompt[] = [],
): number {
  const toolTokens = toolUse === undefined ? 0 : estimateJsonTokens(toolUse.tools);
  const formTokens = outputFormat === undefined ? 0 : estimateJsonTokens(outputFormat);
  const shared = toolTokens + formTokens;
  return [prompt, ...furtherPrompts].reduce((total, each) => total + estimateOne(each) + shared, 0);
}

function estimateOne(prompt: GenerationPrompt): number {
  switch (prompt.kind) {
    case 'chat':
      return prompt.messages.reduce((total, message) => total + estimateMessage(message), tokensPerMessage);
    case 'text':
      return estimateTextTokens(prompt.text) + 1;
    case 'tokens':
      return prompt.tokens.length;
  }
}

function estimateMessage({ content, reasoning = '', toolCalls = [] }: ChatMessage): number {
  const parts = content.map((part) =>
    part.kind === 'text' ? estimateTextTokens(part.text) : tokensPerImage,
  );
  const calls = toolCalls.map(({ name, argumentsText }) => estimateTextTokens(name + argumentsText));
  const texts = [...parts, ...calls, estimateTextTokens(reasoning)];
  return texts.reduce((total, tokens) => total + tokens, tokensPerMessage);
}

export function estimateEmbeddingTokens(inputs: readonly EmbeddingInput[]): number {
  return inputs.reduce(
    // Two control tokens stand around a text.
    (total, input) =>
      total + (input.kind === 'tokens' ? input.tokens.length : estimateTextTokens(input.text) + 2),
    0,
  );
}

/** Step by step: a schema may be nested more deeply than the stack is. */
function estimateJsonTokens(value: unknown): number {
  let tokens = 0;
  const waiting: unknown[] = [value];
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    tokens += typeof next === 'string' ? estimateTextTokens(next) : 1;
    if (typeof next !== 'object' || next === null) continue;
    for (const [name, member] of Object.entries(next)) {
      if (!Array.isArray(next)) tokens += estimateTextTokens(name);
      if (member !== undefined) waiting.push(member);
    }
  }
  return tokens;
}

function estimateTextTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}
