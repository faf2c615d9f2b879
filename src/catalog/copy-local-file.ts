import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { DownloadedFile } from './download/http-download.ts';
import type { PartialFile } from './download/partial-file.ts';
import { SourceError } from './pull-error.ts';

const readBytes = 1024 * 1024;

export interface LocalCopy {
  readonly path: string;
  readonly partial: PartialFile;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  readonly signal: AbortSignal;
}

/** Copies a file of this machine and computes its checksum on the way. */
export async function copyLocalFile({
  path,
  partial,
  onProgress,
  signal,
}: LocalCopy): Promise<DownloadedFile> {
  const from = await open(path, 'r').catch((error: unknown) => {
    throw new SourceError('the file cannot be read', 'source', error);
  });
  try {
    const to = await partial.openAnew();
    try {
      const totalBytes = (await from.stat()).size;
      const report = (doneBytes: number) => onProgress(doneBytes, totalBytes);
      report(0);
      return await copy(from, to, report, signal);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function copy(
  from: FileHandle,
  to: FileHandle,
  report: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<DownloadedFile> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(readBytes);
  let sizeBytes = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await from.read(piece, 0, readBytes, sizeBytes);
    if (bytesRead === 0) return { sha256: hash.digest('hex'), sizeBytes };
    const bytes = piece.subarray(0, bytesRead);
    hash.update(bytes);
    await to.writeFile(bytes);
    sizeBytes += bytesRead;
    report(sizeBytes);
  }
}
