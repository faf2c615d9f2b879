import type { ChatMessage } from '../../../backend/generation-request.ts';
import { type ContentPart, type MessageContent, toText } from '../../../backend/message-content.ts';
import type { ToolCall } from '../../../backend/tool.ts';
import type { Dialect } from './dialect.ts';

type MessageDialect = Pick<Dialect, 'reasoningHistory' | 'textParts'>;

/** The conversation as OpenAI's API has it. */
export function toUpstreamMessages(
  messages: readonly ChatMessage[],
  dialect: MessageDialect,
): readonly Readonly<Record<string, unknown>>[] {
  return liftImages(messages).map((message) => toUpstreamMessage(message, dialect));
}

/**
 * The API has no images in results of tools. They become a message of the user after the results, or the beginning of the
 * one that is there.
 */
function liftImages(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const hasImages = ({ role, content }: ChatMessage) => role === 'tool' && content.some(isImage);
  if (!messages.some(hasImages)) return messages;
  const lifted: ChatMessage[] = [];
  let images: readonly ContentPart[] = [];
  for (const message of messages) {
    const { role, content } = message;
    if (role === 'tool') {
      images = [...images, ...content.filter(isImage)];
      lifted.push({ ...message, content: content.filter((part) => !isImage(part)) });
      continue;
    }
    if (images.length > 0 && role !== 'user') lifted.push({ role: 'user', content: images });
    lifted.push(role === 'user' ? { ...message, content: [...images, ...content] } : message);
    images = [];
  }
  return images.length === 0 ? lifted : [...lifted, { role: 'user', content: images }];
}

function isImage({ kind }: ContentPart): boolean {
  return kind === 'image';
}

function toUpstreamMessage(message: ChatMessage, dialect: MessageDialect): Record<string, unknown> {
  const { role, content, reasoning, toolCalls = [], toolCallId, ...unhandled } = message;
  unhandled satisfies Record<string, never>;
  const { reasoningHistory } = dialect;
  return {
    role,
    content: toolCalls.length > 0 && toText(content) === '' ? null : toWireContent(content, dialect),
    ...(reasoning === undefined || reasoningHistory === undefined ? {} : { [reasoningHistory]: reasoning }),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls.map(toWireCall) } : {}),
    ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }),
  };
}

function toWireContent(content: MessageContent, { textParts }: MessageDialect): unknown {
  const isOneText = content.length <= 1 || !textParts;
  return isOneText && content.every(({ kind }) => kind === 'text')
    ? toText(content)
    : content.map(toWirePart);
}

function toWirePart(part: ContentPart): Record<string, unknown> {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image': {
      const { source, detail } = part;
      const url = source.kind === 'address' ? source.url : `data:${source.mediaType};base64,${source.base64}`;
      return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } };
    }
  }
}

function toWireCall({ id, name, argumentsText }: ToolCall): Record<string, unknown> {
  return { id, type: 'function', function: { name, arguments: argumentsText } };
}
