import type { ChatMessage } from '../../../backend/generation-request.ts';
import type { ToolCall } from '../../../backend/tool.ts';
import type { WireChatMessage } from './chat-message.ts';

/**
 * Between the parts of one message. Most chat templates know one string a message; vLLM and llama-server join
 * with a newline too.
 */
const partSeparator = '\n';

/** The conversation in our words. A deprecated `function_call` becomes a call with an id that its result gets too. */
export function toChatMessages(messages: readonly WireChatMessage[]): ChatMessage[] {
  const idsByFunction = new Map<string, string>();
  return messages.map((message, index) => {
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', text: toText(message.content) };
      case 'user':
        return { role: 'user', text: toText(message.content) };
      case 'assistant': {
        const { content, refusal, function_call: call } = message;
        const text = toText(content ?? refusal ?? '');
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
          ...{ role: 'assistant', text },
          ...(reasoning === '' ? {} : { reasoning }),
          ...(toolCalls.length > 0 ? { toolCalls } : {}),
        };
      }
      case 'tool':
        return { role: 'tool', text: toText(message.content), toolCallId: message.tool_call_id };
      case 'function': {
        const toolCallId = idsByFunction.get(message.name);
        const text = toText(message.content ?? '');
        return { role: 'tool', text, ...(toolCallId === undefined ? {} : { toolCallId }) };
      }
    }
    message satisfies never;
    throw new Error('The conversation has a role that no schema lets through.');
  });
}

type Content = NonNullable<WireChatMessage['content']>;

export function toText(content: Content): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : part.refusal)).join(partSeparator);
}
