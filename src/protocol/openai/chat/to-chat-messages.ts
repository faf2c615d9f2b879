import type { ChatMessage } from '../../../backend/generation-request.ts';
import { type ContentPart, type MessageContent, textContent } from '../../../backend/message-content.ts';
import type { ToolCall } from '../../../backend/tool.ts';
import type { WireChatMessage } from './chat-message.ts';
import { toImagePart } from './image-part.ts';

/** The conversation in our words. A deprecated `function_call` becomes a call with an id that its result gets too. */
export function toChatMessages(messages: readonly WireChatMessage[]): ChatMessage[] {
  const idsByFunction = new Map<string, string>();
  return messages.map((message, index) => {
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', content: toContent(message.content) };
      case 'user':
        return { role: 'user', content: toContent(message.content) };
      case 'assistant': {
        const { refusal, function_call: call } = message;
        const content = toContent(message.content ?? refusal ?? '');
        const toolCalls: ToolCall[] = (message.tool_calls ?? []).map(({ id, function: called }) => {
          return { id, name: called.name, argumentsText: called.arguments };
        });
        if (call) {
          const id = `function_call_${index}`;
          idsByFunction.set(call.name, id);
          toolCalls.push({ id, name: call.name, argumentsText: call.arguments });
        }
        const reasoning = message.reasoning_content ?? message.reasoning ?? '';
        return {
          role: 'assistant',
          content,
          ...(reasoning === '' ? {} : { reasoning }),
          ...(toolCalls.length > 0 ? { toolCalls } : {}),
        };
      }
      case 'tool':
        return { role: 'tool', content: toContent(message.content), toolCallId: message.tool_call_id };
      case 'function': {
        const toolCallId = idsByFunction.get(message.name);
        const content = toContent(message.content ?? '');
        return { role: 'tool', content, ...(toolCallId === undefined ? {} : { toolCallId }) };
      }
    }
    message satisfies never;
    throw new Error('The conversation has a role that no schema lets through.');
  });
}

type WireContent = NonNullable<WireChatMessage['content']>;

export function toContent(content: WireContent): MessageContent {
  return typeof content === 'string' ? textContent(content) : content.map(toPart);
}

function toPart(part: Exclude<WireContent, string>[number]): ContentPart {
  switch (part.type) {
    case 'text':
      return { kind: 'text', text: part.text };
    // The text of a refusal is treated like any other text.
    case 'refusal':
      return { kind: 'text', text: part.refusal };
    case 'image_url':
      return toImagePart(part);
  }
}
