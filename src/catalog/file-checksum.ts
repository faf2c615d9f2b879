import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

const readChunkBytes = 1024 * 1024;

export interface ChecksumOptions {
  /** Called at the start and after each chunk with the bytes read so far. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The file's SHA-256 in lower-case hexadecimal, read as a stream because models may exceed memory. */
export async function computeFileSha256(path: string, options: ChecksumOptions = {}): Promise<string> {
  const hash = createHash('sha256');
  let doneBytes = 0;
  options.onProgress?.(0);
  for await (const chunk of createReadStream(path, { highWaterMark: readChunkBytes })) {
    options.signal?.throwIfAborted();
    hash.update(chunk);
    doneBytes += chunk.length;
    options.onProgress?.(doneBytes);
  }
  return hash.digest('hex');
}
