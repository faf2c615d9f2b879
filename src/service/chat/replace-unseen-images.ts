import type { BackendCapabilities } from '../../backend/backend-capabilities.ts';
import type { ChatMessage } from '../../backend/generation-request.ts';
import type { ContentPart } from '../../backend/message-content.ts';
import type { RequestPlace } from '../../backend/request-place.ts';
import type { RequestedGeneration } from '../../backend/requested-generation.ts';

export interface SeenRequest {
  readonly request: RequestedGeneration;
  /** The first image that was replaced; undefined: none was. */
  readonly unseenImage: RequestPlace | undefined;
}

/** What the model reads in place of an image. */
export const unseenImageText = "[This is an image, and you can't see images.]";

/**
 * An agent's tool may read an image, whatever its model can do, and the result stays in the conversation: a refusal would
 * end the agent's work. A model that can't see it reads that instead. An image of the user is refused, and so is any image
 * where the client wants to hear of what changes nothing.
 */
export function replaceUnseenImages(
  request: RequestedGeneration,
  { images, imageAddresses }: Pick<BackendCapabilities, 'images' | 'imageAddresses'>,
  isStrict: boolean,
): SeenRequest {
  const { prompt } = request;
  if ((images && imageAddresses) || isStrict || prompt.kind !== 'chat')
    return { request, unseenImage: undefined };
  const isUnseen = (part: ContentPart) =>
    part.kind === 'image' && !(images && (imageAddresses || part.source.kind === 'data'));
  const isReplaced = ({ role, content }: ChatMessage) => role === 'tool' && content.some(isUnseen);
  const index = prompt.messages.findIndex(isReplaced);
  const partIndex = prompt.messages[index]?.content.findIndex(isUnseen);
  if (partIndex === undefined) return { request, unseenImage: undefined };
  const messages = prompt.messages.map((message) => {
    if (!isReplaced(message)) return message;
    const content = message.content.map((part): ContentPart => {
      return isUnseen(part) ? { kind: 'text', text: unseenImageText } : part;
    });
    return { ...message, content };
  });
  return {
    request: { ...request, prompt: { kind: 'chat', messages } },
    unseenImage: { kind: 'message', index, partIndex },
  };
}
