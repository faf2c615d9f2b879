/** The content of a message, in the parts that the client sent. */
export type MessageContent = readonly ContentPart[];

export type ContentPart = TextPart | ImagePart;

export interface TextPart {
  readonly kind: 'text';
  /** May be empty. */
  readonly text: string;
}

/** In messages of the user and in results of tools, for backends with the capability `images`. */
export interface ImagePart {
  readonly kind: 'image';
  readonly source: ImageSource;
  /** How closely the model looks at it; undefined: the backend decides. */
  readonly detail: 'low' | 'high' | undefined;
}

export type ImageSource =
  /** The bytes in Base64, and their media type, such as `image/png`. */
  | { readonly kind: 'data'; readonly mediaType: string; readonly base64: string }
  | { readonly kind: 'address'; readonly url: string };

/**
 * Between the parts of one message. Most chat templates know one string a message; vLLM and llama-server join
 * with a newline too.
 */
const partSeparator = '\n';

/** The content as one text, of which images are no part. */
export function toText(content: MessageContent): string {
  return content.flatMap((part) => (part.kind === 'text' ? part.text : [])).join(partSeparator);
}

/** The content of a message that is one text. */
export function textContent(text: string): MessageContent {
  return [{ kind: 'text', text }];
}
