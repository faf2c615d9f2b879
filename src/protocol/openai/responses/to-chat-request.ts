// A request of the Responses API as the chat request that asks for the same. What both share is then converted in
// one place, and a parameter that chat learns is one line here.
import type { ChatCompletionRequest } from '../chat/chat-completion-request.ts';
import type { WireChatMessage } from '../chat/chat-message.ts';
import { toArgumentsText } from './custom-tool.ts';
import type { ResponseTools } from './read-response-tools.ts';
import { type InputItem, isMessageItem, type MessageItem } from './response-item.ts';
import { logprobsInclude, type ResponseRequest } from './response-request.ts';
import type { TextFormat } from './response-tools.ts';
import { toModelName } from './tool-namespace.ts';

export type ChatRequestFields = Omit<ChatCompletionRequest, 'messages'>;

/** Everything but the conversation. */
export function toChatRequestFields(
  request: Omit<ResponseRequest, 'input'>,
  { tools, toolChoice }: Pick<ResponseTools, 'tools' | 'toolChoice'>,
): ChatRequestFields {
  const {
    // The items that become part of the conversation.
    instructions: _instructions,
    previous_response_id: _previousResponseId,
    reasoning,
    // Hints.
    truncation: _truncation,
    max_output_tokens,
    include,
    top_logprobs,
    text,
    tools: _tools,
    tool_choice: _toolChoice,
    ...shared
  } = request;
  const hasLogprobs = (include ?? []).includes(logprobsInclude);
  return {
    ...shared,
    max_completion_tokens: max_output_tokens,
    reasoning_effort: reasoning?.effort,
    logprobs: hasLogprobs,
    top_logprobs: hasLogprobs ? top_logprobs : undefined,
    response_format: text?.format ? toResponseFormat(text.format) : undefined,
    tools,
    tool_choice: toolChoice,
  };
}

function toResponseFormat(format: TextFormat): ChatCompletionRequest['response_format'] {
  if (format.type !== 'json_schema') return format;
  const { type, ...schema } = format;
  return { type, json_schema: schema };
}

/** The conversation, without the reasoning of earlier answers. */
export function toConversation(
  instructions: string | null | undefined,
  items: readonly InputItem[],
): WireChatMessage[] {
  const messages: WireChatMessage[] = [];
  if (typeof instructions === 'string') messages.push({ role: 'system', content: instructions });
  for (const item of items) {
    if (isMessageItem(item)) {
      messages.push(toMessage(item));
    } else if (item.type === 'function_call') {
      addCall(messages, { ...item, argumentsText: item.arguments });
    } else if (item.type === 'custom_tool_call') {
      addCall(messages, { ...item, argumentsText: toArgumentsText(item.input) });
    } else if (item.type !== 'reasoning') {
      messages.push({ role: 'tool', tool_call_id: item.call_id, content: toContent(item.output) });
    }
  }
  return messages;
}

function toMessage(item: MessageItem): WireChatMessage {
  if (item.role !== 'assistant') return { role: item.role, content: toContent(item.content) };
  if (typeof item.content === 'string') return { role: 'assistant', content: item.content };
  const content = item.content.map((part) => {
    return part.type === 'refusal' ? part : { type: 'text' as const, text: part.text };
  });
  return { role: 'assistant', content };
}

function toContent(content: string | readonly { readonly text: string }[]) {
  return typeof content === 'string' ? content : content.map(({ text }) => ({ type: 'text' as const, text }));
}

interface GivenCall {
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string | null | undefined;
  readonly argumentsText: string;
}

/** The text and calls of the assistant are one message made of several items. */
function addCall(messages: WireChatMessage[], given: GivenCall): void {
  const { call_id: id, argumentsText } = given;
  const name = toModelName(given);
  const call = { id, type: 'function' as const, function: { name, arguments: argumentsText } };
  const last = messages.at(-1);
  if (last?.role === 'assistant') {
    messages[messages.length - 1] = { ...last, tool_calls: [...(last.tool_calls ?? []), call] };
  } else {
    messages.push({ role: 'assistant', content: null, tool_calls: [call] });
  }
}
