import type { FileHandle } from 'node:fs/promises';

/**
 * Writes what one connection brings, at its place. While a write is under way the next bytes gather, so that
 * a fast server costs few large writes and a slow one is noted byte by byte.
 */
export interface PieceWriter {
  /** Waits only when more than the limit has gathered. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends when all is written; it throws what any write threw. */
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
    // Whoever waits for it gets the fault; until then it must not end the process.
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

/** The system may write less than it was given, as on a disk that is nearly full. */
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
