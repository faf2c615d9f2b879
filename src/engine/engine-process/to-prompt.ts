import type { ChatMessage, GenerationRequest } from '../../backend/generation-request.ts';
import { beginsInThought } from '../reasoning/find-reasoning-tags.ts';
import type { EngineModel } from './engine-model.ts';
import { hideToolConversation } from './hide-tool-conversation.ts';

export interface Prompt {
  readonly tokens: Uint32Array;
  /** The template has begun a thought, and the model goes on with it. */
  readonly beginsInThought: boolean;
}

/** What of a model makes a prompt. */
export type PromptModel = Pick<EngineModel, 'template' | 'tokenizer' | 'toolCalls' | 'reasoningTags'>;

/** A conversation to the tokens that the model sees. */
export function toPrompt(
  model: PromptModel,
  { messages, toolUse }: Pick<GenerationRequest, 'messages' | 'toolUse'>,
): Prompt {
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
