// Images in a user's message. Whether a model reads them is a matter of its deployment, so the parser lets them pass.
import type { ImagePart, ImageSource } from '../../../backend/message-content.ts';
import { isJsonObject } from '../shared/json-object.ts';
import { contentPartsMax, imagePartSchema, type WireImagePart } from './chat-message.ts';

/** UTF-16 code units of the address of an image; one with its bytes has the limit of the body. */
export const imageAddressCharactersMax = 8_192;

/** UTF-16 code units of a media type; RFC 6838 allows 127 on each side of the slash. */
const mediaTypeCharactersMax = 255;

/** A part of a user's message that is an image as it should be: with an address, or with its bytes. */
export function isImagePart(message: unknown, part: unknown): boolean {
  if (!isJsonObject(message) || message['role'] !== 'user') return false;
  const { data } = imagePartSchema.safeParse(part);
  return data !== undefined && toImageSource(data.image_url.url) !== undefined;
}

export function hasImage(message: unknown): boolean {
  const content = isJsonObject(message) ? message['content'] : undefined;
  if (!Array.isArray(content)) return false;
  return content.slice(0, contentPartsMax).some((part) => isImagePart(message, part));
}

export function toImagePart({ image_url: { url, detail } }: WireImagePart): ImagePart {
  const source = toImageSource(url);
  if (source === undefined) throw new Error('The image has an address that the parser does not let through.');
  return { kind: 'image', source, detail: detail === 'auto' ? undefined : (detail ?? undefined) };
}

/** A data URL with bytes in Base64 (RFC 2397), or an address on the web; undefined: neither. */
export function toImageSource(url: string): ImageSource | undefined {
  if (/^https?:/i.test(url)) {
    const isAddress = url.length <= imageAddressCharactersMax && URL.canParse(url);
    return isAddress ? { kind: 'address', url } : undefined;
  }
  const head = url.slice(0, mediaTypeCharactersMax + 'data:;base64,'.length);
  const [start, mediaType] = /^data:(image\/[\w.+-]+);base64,/i.exec(head) ?? [];
  if (start === undefined || mediaType === undefined || url.length === start.length) return undefined;
  return { kind: 'data', mediaType, base64: url.slice(start.length) };
}
