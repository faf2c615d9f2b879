import { BackendError } from '../../backend/backend-error.ts';
import type {
  ChatMessage,
  ChatPrompt,
  GenerationRequest,
  TextPrompt,
  TokenPrompt,
} from '../../backend/generation-request.ts';
import type { ToolUse } from '../../backend/tool.ts';
import { beginsInThought } from '../reasoning/find-reasoning-tags.ts';
import type { EngineModel } from './engine-model.ts';
import { hideToolConversation } from './hide-tool-conversation.ts';

export interface Prompt {
  readonly tokens: Uint32Array;
  /** The template has begun a thought, and the model goes on with it. */
  readonly beginsInThought: boolean;
}

/** What of a model makes a prompt. */
export type PromptModel = Pick<
  EngineModel,
  'template' | 'tokenizer' | 'toolCalls' | 'reasoningTags' | 'vocabulary'
>;

/** What a request goes on from, as the tokens that the model sees. */
export function toPrompt(
  model: PromptModel,
  { prompt, toolUse }: Pick<GenerationRequest, 'prompt' | 'toolUse'>,
): Prompt {
  switch (prompt.kind) {
    case 'chat':
      return toChatPrompt(model, prompt, toolUse);
    case 'text':
      return { tokens: toTextTokens(model, prompt), beginsInThought: false };
    case 'tokens':
      return { tokens: toKnownTokens(model, prompt), beginsInThought: false };
  }
}

function toChatPrompt(model: PromptModel, { messages }: ChatPrompt, toolUse: ToolUse | undefined): Prompt {
  const shield = model.tokenizer.createShield();
  const rendered =
    toolUse === undefined && !messages.some(isOfCall)
      ? model.template.render(messages.map(({ role, text }) => ({ role, text: shield.hide(text) })))
      : renderWithTools(model, hideToolConversation(shield, messages, toolUse?.tools ?? []));
  const { reasoningTags } = model;
  return {
    tokens: model.tokenizer.toTokens(rendered, shield),
    beginsInThought: reasoningTags !== undefined && beginsInThought(reasoningTags, rendered),
  };
}

function isOfCall({ role, toolCalls = [] }: ChatMessage): boolean {
  return role === 'tool' || toolCalls.length > 0;
}

function renderWithTools(
  { template, toolCalls }: PromptModel,
  { messages, tools }: ReturnType<typeof hideToolConversation>,
): string {
  return template.renderFirst(toolCalls.toTemplateConversations(messages, tools));
}

/** The beginning, the end and then the place of the middle is the order in which most models were trained. */
function toTextTokens({ vocabulary }: PromptModel, { text, suffix }: TextPrompt): Uint32Array {
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
function toEmptyPrompt({ endToken }: PromptModel['vocabulary']): Uint32Array {
  return Uint32Array.of(endToken);
}

function toKnownTokens({ vocabulary }: PromptModel, { tokens }: TokenPrompt): Uint32Array {
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
