// Reasoning of earlier answers. Clients that store nothing here send it back: as its text, or as `encrypted_content`, which is
// the only thing that some keep of it. It is a form and no secret, because the answer shows the text too. So is that of a
// summary, whose text is the client's own conversation.
import { isJsonObject } from '../shared/json-object.ts';

/** Other servers' content has other forms, which only they can read. */
const formPrefix = 'gravix-1:';

export function toEncryptedContent(text: string): string {
  return formPrefix + Buffer.from(text).toString('base64');
}

/** Undefined for content of other servers. */
export function readEncryptedContent(content: string): string | undefined {
  if (!content.startsWith(formPrefix)) return undefined;
  const bytes = Buffer.from(content.slice(formPrefix.length), 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

interface GivenReasoning {
  readonly content?: unknown;
  readonly encrypted_content?: unknown;
}

/** Empty if nothing in the item can be read here. A summary is not the reasoning. */
export function readReasoning({ content, encrypted_content: encrypted }: GivenReasoning): string {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const text = parts.flatMap((part) => toText(part) ?? []).join('\n');
  if (text !== '' || typeof encrypted !== 'string') return text;
  return readEncryptedContent(encrypted) ?? '';
}

function toText(part: unknown): string | undefined {
  if (!isJsonObject(part) || part['type'] !== 'reasoning_text') return undefined;
  return typeof part['text'] === 'string' ? part['text'] : undefined;
}
