import type { Prompt, PromptModel, PromptRequest } from './prompt.ts';
import { toChatPrompt } from './to-chat-prompt.ts';
import { toKnownTokens, toTextTokens } from './to-raw-tokens.ts';

/** The prompt of a request as tokens. */
export function toPrompt(model: PromptModel, request: PromptRequest): Prompt {
  const { prompt } = request;
  switch (prompt.kind) {
    case 'chat':
      return toChatPrompt(model, request, prompt.messages);
    case 'text':
      return { ...toTextTokens(model, prompt), start: 'text' };
    case 'tokens':
      return { ...toKnownTokens(model, prompt), start: 'text' };
  }
}
