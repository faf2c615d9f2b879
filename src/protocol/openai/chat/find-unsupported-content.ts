import { quoteInput, type RequestProblem } from '../shared/error.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { contentPartsMax } from './chat-message.ts';

/** Fields of a message that mean something only with audio; null and an empty list mean nothing. */
const unsupportedMessageFields = ['audio'] as const;

/** Parts that need a model with eyes or ears. */
const unsupportedPartTypes: ReadonlySet<unknown> = new Set([
  'image_url',
  'image',
  'input_image',
  'input_audio',
  'audio_url',
  'video_url',
  'file',
  'input_file',
]);

/**
 * The first thing in a message that OpenAI's API knows and this server can't do yet. It is looked for before
 * the schema is: "not supported" helps a client more than "unknown value".
 */
export function findUnsupportedContent(
  message: unknown,
  at: string,
  isReadable: (message: unknown, part: unknown) => boolean = () => false,
): RequestProblem | undefined {
  if (!isJsonObject(message)) return undefined;
  for (const field of unsupportedMessageFields) {
    if (!hasValue(message, field)) continue;
    const param = `${at}.${field}`;
    return {
      code: 'unsupported_parameter',
      param,
      message: `Unsupported parameter: '${param}' is not supported by this server. Leave it out.`,
    };
  }
  return findUnsupportedPart(message['content'], `${at}.content`, (part) => isReadable(message, part));
}

/** The first part of a content that needs eyes or ears, apart from those that may be read. */
export function findUnsupportedPart(
  content: unknown,
  at: string,
  isReadable: (part: unknown) => boolean = () => false,
): RequestProblem | undefined {
  if (!Array.isArray(content)) return undefined;
  const parts: readonly unknown[] = content.slice(0, contentPartsMax);
  const index = parts.findIndex(
    (part) => isJsonObject(part) && unsupportedPartTypes.has(part['type']) && !isReadable(part),
  );
  if (index < 0) return undefined;
  const param = `${at}[${index}]`;
  return {
    code: 'unsupported_content',
    param,
    message: `Unsupported content at '${param}': the model reads text only, and this part has the type ${quoteInput(String(content[index].type))}.`,
  };
}

function hasValue(message: JsonObject, field: string): boolean {
  const value = message[field] ?? null;
  return value !== null && !(Array.isArray(value) && value.length === 0);
}
