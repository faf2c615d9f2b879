import type { HttpLimits } from './http-limits.ts';
import type { Authorize } from './http-request.ts';
import type { PartialFile } from './partial-file.ts';
import type { Transport } from './transport.ts';

export interface HttpDownload {
  readonly url: string;
  /** Undefined when nobody has told it yet. */
  readonly sizeBytes: number | undefined;
  /** Whether the caller knows the checksum that must come out: it may then resume without a validator. */
  readonly isChecked: boolean;
  readonly partial: PartialFile;
  /** `totalBytes` is undefined as long as the size is not known. */
  readonly onProgress: (progress: DownloadProgress) => void;
  /** Called before the first byte, once the size is known, and at each checkpoint; what it throws ends the download. */
  readonly assertRoom?: (missingBytes: number) => Promise<void>;
  readonly authorize?: Authorize | undefined;
  readonly transport?: Transport | undefined;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}

export interface DownloadProgress {
  readonly phase: 'download' | 'verify';
  readonly doneBytes: number;
  readonly totalBytes: number | undefined;
}

export interface DownloadedFile {
  /** In lower-case hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}
