import { BackendError, createContextOverflowError } from '../../../backend/backend-error.ts';
import type { ChatMessage } from '../../../backend/generation-request.ts';
import { toText } from '../../../backend/message-content.ts';
import { withVerbosity } from '../../../backend/with-verbosity.ts';
import { beginsInThought, endsInThought } from '../../reasoning/find-reasoning-tags.ts';
import { toReasoningVariables } from '../reasoning/to-reasoning-variables.ts';
import type { TemplateConversation, ToolConversationMessage } from '../tool-calls/tool-call-format.ts';
import { hideToolConversation } from './hide-tool-conversation.ts';
import type { AnswerStart, Prompt, PromptModel, PromptRequest } from './prompt.ts';
import type { ControlTextShield } from './prompt-tokens.ts';
import { assertKnownVariables, hideVariables } from './template-variables.ts';

/** A conversation to the tokens that the model sees. */
export function toChatPrompt(
  model: PromptModel,
  request: PromptRequest,
  asked: readonly ChatMessage[],
): Prompt {
  const messages = withVerbosity(asked, request.verbosity);
  const { reasoning, templateVariables, continuesLastMessage } = request;
  assertKnownVariables(model.templateText, templateVariables);
  const shield = model.tokenizer.createShield();
  const variables = {
    ...toReasoningVariables(reasoning, request.maxTokens),
    ...hideVariables(shield, templateVariables),
  };
  const last = continuesLastMessage ? hideLast(shield, messages) : undefined;
  const conversations = toConversations(
    model,
    shield,
    { messages, toolUse: request.toolUse },
    last?.shown,
  ).map((conversation) => ({
    messages: conversation.messages,
    variables: { ...variables, ...conversation.variables },
  }));
  const rendered = model.template.renderFirst(conversations, last ? 'last-turn' : 'new-turn');
  const prompt = last ? cutAfter(rendered, last.shown) : rendered;
  assertMayFit(model, prompt);
  return {
    tokens: model.tokenizer.toTokens(prompt, shield),
    start: findStart(model, prompt, last),
    echo: undefined,
  };
}

/** UTF-16 code units of the longest name of a control token. */
const controlTokenCharactersMax = 64;

interface HiddenLast {
  readonly text: string;
  /** The placeholder that the template gets. */
  readonly shown: string;
}

/** The template can neither inspect nor trim the text, and its end can be found. */
function hideLast(shield: ControlTextShield, messages: readonly ChatMessage[]): HiddenLast {
  const text = toText(messages.at(-1)?.content ?? []);
  return { text, shown: shield.hideWhole(text) };
}

interface Conversation extends Pick<PromptRequest, 'toolUse'> {
  readonly messages: readonly ChatMessage[];
}

function toConversations(
  { toolCalls }: PromptModel,
  shield: ControlTextShield,
  { messages, toolUse }: Conversation,
  lastShown: string | undefined,
): readonly TemplateConversation[] {
  if (toolUse === undefined && !messages.some(isOfCall)) {
    const shown = messages.map(({ role, content, reasoning }) => ({
      role,
      content: shield.hide(toText(content)),
      ...(reasoning === undefined ? {} : { reasoning_content: shield.hide(reasoning) }),
    }));
    return [
      {
        messages:
          lastShown === undefined
            ? shown
            : [...shown.slice(0, -1), { role: 'assistant', content: lastShown }],
        variables: {},
      },
    ];
  }
  const hidden = hideToolConversation(shield, messages, toolUse?.tools ?? []);
  const last: ToolConversationMessage[] =
    lastShown === undefined ? [] : [{ role: 'assistant', text: lastShown }];
  const shown = last.length === 0 ? hidden.messages : [...hidden.messages.slice(0, -1), ...last];
  return toolCalls.toTemplateConversations(shown, hidden.tools);
}

function isOfCall({ role, toolCalls = [] }: ChatMessage): boolean {
  return role === 'tool' || toolCalls.length > 0;
}

/** Text that a template writes after the last message would end it. */
function cutAfter(rendered: string, shown: string): string {
  const at = rendered.lastIndexOf(shown);
  if (at < 0) {
    throw new BackendError(
      'unsupported_messages',
      'The chat template of this model does not show the last message as it is, so that it can not be continued.',
      { place: { kind: 'continued-message' } },
    );
  }
  return rendered.slice(0, at + shown.length);
}

/** A template may show a variable many times over, and what can't fit must not be tokenised. */
function assertMayFit({ facts }: PromptModel, prompt: string): void {
  // Names of control tokens may be longer than any token's text.
  const tokensMin = Math.ceil(prompt.length / Math.max(facts.tokenBytesMax, controlTokenCharactersMax));
  if (tokensMin >= facts.contextLength) {
    throw createContextOverflowError(facts.contextLength, tokensMin);
  }
}

function findStart(
  { reasoningTags: tags }: PromptModel,
  prompt: string,
  last: HiddenLast | undefined,
): AnswerStart {
  const text = last?.text.trim() ?? '';
  if (last === undefined || text === '') {
    const before = last === undefined ? prompt : prompt.slice(0, -last.shown.length);
    return tags !== undefined && beginsInThought(tags, before) ? 'thought' : 'turn';
  }
  return tags !== undefined && endsInThought(tags, text) ? 'thought' : 'text';
}
