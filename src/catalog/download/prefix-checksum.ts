/**
 * The SHA-256 of a file whose pieces arrive out of order. It hashes the contiguous start of the file, reading
 * it back from the page cache, so the checksum is ready soon after the last byte.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const readBytes = 1024 * 1024;

export interface PrefixChecksum {
  /** Reports that this many bytes from the start of the file are present. */
  advance(toBytes: number): void;
  /**
   * In lower-case hexadecimal, of the first `sizeBytes`, which must all be present.
   * @throws errors from reading the file, or the signal's reason
   */
  finish(sizeBytes: number, onProgress: (doneBytes: number) => void): Promise<string>;
  /** Resolves when nothing reads the file. */
  close(): Promise<void>;
}

export function createPrefixChecksum(file: FileHandle, signal: AbortSignal): PrefixChecksum {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(readBytes);
  let targetBytes = 0;
  let doneBytes = 0;
  let isClosed = false;
  let reading: Promise<void> | undefined;
  let report: ((doneBytes: number) => void) | undefined;

  async function follow(): Promise<void> {
    while (doneBytes < targetBytes && !isClosed) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(
        piece,
        0,
        Math.min(readBytes, targetBytes - doneBytes),
        doneBytes,
      );
      if (bytesRead === 0) throw new Error(`The file ends at ${doneBytes} of ${targetBytes} bytes.`);
      hash.update(piece.subarray(0, bytesRead));
      doneBytes += bytesRead;
      report?.(doneBytes);
    }
    reading = undefined;
  }

  const start = async () => {
    if (doneBytes >= targetBytes) return;
    reading ??= follow();
    // `finish` throws it again. Until then it must not crash the process.
    reading.catch(() => undefined);
    await reading;
  };
  return {
    advance: (toBytes) => {
      targetBytes = toBytes;
      start().catch(() => undefined);
    },
    finish: async (sizeBytes, onProgress) => {
      targetBytes = sizeBytes;
      report = onProgress;
      onProgress(doneBytes);
      while (doneBytes < sizeBytes) await start();
      return hash.digest('hex');
    },
    close: async () => {
      isClosed = true;
      await reading?.catch(() => undefined);
    },
  };
}
