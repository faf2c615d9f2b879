import type { FileHandle } from 'node:fs/promises';

/**
 * Writes the bytes of one connection at their place. Bytes that arrive during a write are collected, so a
 * fast server costs few large writes and a slow one is recorded byte by byte.
 */
export interface PieceWriter {
  /** Waits only if more than the limit has been collected. */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when everything is written. Throws the error of any write. */
  finish(): Promise<void>;
}

export interface PieceWriterOptions {
  readonly file: FileHandle;
  readonly startBytes: number;
  readonly bufferBytesMax: number;
  readonly onWritten: (bytes: number) => void;
}

export function createPieceWriter(options: PieceWriterOptions): PieceWriter {
  const { file, bufferBytesMax, onWritten } = options;
  let positionBytes = options.startBytes;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let writing: Promise<void> | undefined;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const chunks = waiting;
      const bytes = waitingBytes;
      waiting = [];
      waitingBytes = 0;
      await writeAll(file, chunks, positionBytes);
      positionBytes += bytes;
      onWritten(bytes);
    }
    writing = undefined;
  }

  const start = () => {
    writing ??= flush();
    // The error reaches the caller that waits. Until then it must not crash the process.
    writing.catch(() => undefined);
    return writing;
  };
  return {
    write: async (chunk) => {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      const written = start();
      if (waitingBytes >= bufferBytesMax) await written;
    },
    finish: async () => {
      while (waiting.length > 0 || writing !== undefined) await start();
    },
  };
}

/** A write may be partial, for example on a nearly full disk. */
async function writeAll(file: FileHandle, chunks: readonly Uint8Array[], positionBytes: number) {
  const { bytesWritten } = await file.writev([...chunks], positionBytes);
  const rest = Buffer.concat(bytesWritten === totalBytes(chunks) ? [] : chunks).subarray(bytesWritten);
  for (let doneBytes = 0; doneBytes < rest.length; ) {
    const left = rest.length - doneBytes;
    const written = await file.write(rest, doneBytes, left, positionBytes + bytesWritten + doneBytes);
    doneBytes += written.bytesWritten;
  }
}

function totalBytes(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}
