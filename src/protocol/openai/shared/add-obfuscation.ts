import { randomBytes } from 'node:crypto';

/** Pad chunks to a multiple of this many bytes of JSON. */
export const obfuscatedBytesStep = 128;

/** Bytes of `,"obfuscation":""`. */
const memberBytes = 17;

/**
 * Pads a chunk with choices by random letters. The sizes of encrypted chunks are those of the words within, and
 * have been read back from them; padded to a step, short chunks are all alike. The chunk of the usage has no words.
 */
export function addObfuscation<Chunk extends { readonly choices: readonly unknown[] }>(
  chunk: Chunk,
): Chunk & { readonly obfuscation?: string } {
  return chunk.choices.length === 0 ? chunk : { ...chunk, obfuscation: createPadding(chunk) };
}

function createPadding(chunk: object): string {
  const bytes = Buffer.byteLength(JSON.stringify(chunk)) + memberBytes;
  const missing = obfuscatedBytesStep - (bytes % obfuscatedBytesStep);
  // Base64url letters need no escape in JSON.
  return randomBytes(missing).toString('base64url').slice(0, missing);
}
