// The items of a request as the conversation that the model sees. It doesn't pass through chat's wire, which has no form
// for images in results of tools.
import type { ChatMessage } from '../../../backend/generation-request.ts';
import { type ContentPart, type MessageContent, textContent } from '../../../backend/message-content.ts';
import type { ToolCall } from '../../../backend/tool.ts';
import { toImagePart } from '../chat/image-part.ts';
import { toArgumentsText } from './custom-tool.ts';
import { isHostedItem } from './hosted-items.ts';
import { readEncryptedContent, readReasoning } from './reasoning-text.ts';
import { type InputItem, isMessageItem } from './response-item.ts';
import { toModelName } from './tool-namespace.ts';

export interface ItemConversation {
  readonly messages: readonly ChatMessage[];
  /** Where in the body the parts of each message stand, such as `input[1].output`; undefined: not in it. */
  readonly contentParams: readonly (string | undefined)[];
}

/** Without what tools did that this server lacks. The items of the history stand in no body. */
export function toItemConversation(
  instructions: string | null | undefined,
  history: readonly InputItem[],
  items: readonly InputItem[],
): ItemConversation {
  const messages: ChatMessage[] = [];
  const contentParams: (string | undefined)[] = [];
  // Reasoning belongs to the text or the call after it.
  let thoughts: string[] = [];
  const add = (message: ChatMessage, param?: string) => {
    if (thoughts.length > 0 && message.role !== 'assistant') endThoughts();
    messages.push(withThoughts(message, thoughts));
    contentParams.push(param);
    thoughts = [];
  };
  const endThoughts = () => add({ role: 'assistant', content: textContent('') });
  if (typeof instructions === 'string') add({ role: 'system', content: textContent(instructions) });
  for (const [at, item] of [...history, ...items].entries()) {
    const index = at - history.length;
    const toParam = (field: string) => (index < 0 ? undefined : `input[${index}].${field}`);
    if (isMessageItem(item)) {
      const role = item.role === 'developer' ? 'system' : item.role;
      add({ role, content: toContent(item.content) }, toParam('content'));
    } else if (item.type === 'function_call' || item.type === 'custom_tool_call') {
      const last = messages.at(-1);
      // The text and calls of the assistant are one message made of several items.
      if (last?.role === 'assistant') {
        messages[messages.length - 1] = withCall(withThoughts(last, thoughts), toCall(item));
        thoughts = [];
      } else add(withCall({ role: 'assistant', content: textContent('') }, toCall(item)));
    } else if (item.type === 'reasoning') {
      thoughts.push(...[readReasoning(item)].filter((text) => text !== ''));
    } else if (item.type === 'compaction') {
      add({ role: 'user', content: textContent(toSummaryText(item.encrypted_content)) });
    } else if (!isHostedItem(item)) {
      add({ role: 'tool', content: toContent(item.output), toolCallId: item.call_id }, toParam('output'));
    }
  }
  // An answer that was cut off while the model reasoned.
  if (thoughts.length > 0) endThoughts();
  return { messages, contentParams };
}

function toSummaryText(content: string): string {
  return `Summary of the conversation until here:\n\n${readEncryptedContent(content) ?? ''}`;
}

function withThoughts(message: ChatMessage, thoughts: readonly string[]): ChatMessage {
  if (thoughts.length === 0) return message;
  const earlier = message.reasoning === undefined ? [] : [message.reasoning];
  return { ...message, reasoning: [...earlier, ...thoughts].join('\n') };
}

function withCall(message: ChatMessage, call: ToolCall): ChatMessage {
  return { ...message, toolCalls: [...(message.toolCalls ?? []), call] };
}

type CallItem = Extract<InputItem, { readonly type: 'function_call' | 'custom_tool_call' }>;

function toCall(item: CallItem): ToolCall {
  const argumentsText = item.type === 'function_call' ? item.arguments : toArgumentsText(item.input);
  return { id: item.call_id, name: toModelName(item), argumentsText };
}

type ItemContent = Extract<InputItem, { readonly content: unknown; readonly role: string }>['content'];
type ItemPart = Exclude<ItemContent, string>[number];

function toContent(content: ItemContent): MessageContent {
  if (typeof content === 'string') return textContent(content);
  return content.length === 0 ? textContent('') : content.map(toPart);
}

function toPart(part: ItemPart): ContentPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
      return { kind: 'text', text: part.text };
    case 'refusal':
      return { kind: 'text', text: part.refusal };
    case 'input_image': {
      const detail = part.detail === 'original' ? undefined : part.detail;
      return toImagePart({ type: 'image_url', image_url: { url: part.image_url, detail } });
    }
  }
}
