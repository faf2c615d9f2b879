import type { HttpLimits } from './http-limits.ts';
import type { Authorize } from './http-request.ts';
import type { PartialFile } from './partial-file.ts';
import type { Transport } from './transport.ts';

export interface HttpDownload {
  readonly url: string;
  /** Undefined until it is known. */
  readonly sizeBytes: number | undefined;
  /** Whether the caller knows the expected checksum. Then the download may resume without a validator. */
  readonly isChecked: boolean;
  readonly partial: PartialFile;
  /** `totalBytes` is undefined until the size is known. */
  readonly onProgress: (progress: DownloadProgress) => void;
  /**
   * Called before the first byte, when the size is known, and at each checkpoint. An error from it ends the
   * download.
   */
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
