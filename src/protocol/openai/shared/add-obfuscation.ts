import { randomBytes } from 'node:crypto';

/** Pad chunks to a multiple of this many bytes of JSON. */
export const obfuscatedBytesStep = 128;

/** Bytes of `,"obfuscation":""`. */
const memberBytes = 17;

/**
 * Pads a chunk that has choices with random letters. The sizes of encrypted chunks reveal the length of their
 * words, and attacks have recovered texts from them. Padded to a step, short chunks have equal sizes. The
 * usage chunk contains no words.
 */
export function addObfuscation<Chunk extends { readonly choices: readonly unknown[] }>(
  chunk: Chunk,
): Chunk & { readonly obfuscation?: string } {
  return chunk.choices.length === 0 ? chunk : { ...chunk, obfuscation: createPadding(chunk) };
}

/** The same for the events of a response. Only its deltas are padded, as OpenAI's are. */
export function addEventObfuscation<Event extends object>(
  event: Event,
): Event & { readonly obfuscation?: string } {
  return 'delta' in event ? { ...event, obfuscation: createPadding(event) } : event;
}

function createPadding(chunk: object): string {
  const bytes = Buffer.byteLength(JSON.stringify(chunk)) + memberBytes;
  const missing = obfuscatedBytesStep - (bytes % obfuscatedBytesStep);
  // Base64url letters need no escape in JSON.
  return randomBytes(missing).toString('base64url').slice(0, missing);
}
