import type { FileHandle } from 'node:fs/promises';
import { ModelCheckError } from './model-check-error.ts';

/** Read at a time: large enough that a vocabulary takes few reads, and all that is held of it. */
const windowBytes = 256 * 1024;

/** The metadata and tensor list of the largest known models take under 40 MB; most of it is the vocabulary. */
export const headerBytesMax = 256 * 1024 * 1024;

/**
 * Reads a header from its start, forwards only, and holds one window of it. What the file says of lengths is
 * believed only within the file, so that a hostile one costs neither memory nor time.
 */
export class GgufCursor {
  readonly #file: FileHandle;
  readonly #fileBytes: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #position = 0;

  constructor(file: FileHandle, fileBytes: number) {
    this.#file = file;
    this.#fileBytes = fileBytes;
  }

  get position(): number {
    return this.#position;
  }

  get fileBytes(): number {
    return this.#fileBytes;
  }

  /** Throws when fewer than `count` bytes can follow. */
  assertRoom(count: number): void {
    const end = this.#position + count;
    if (end > this.#fileBytes) {
      throw new ModelCheckError('truncated', 'The file ends in the middle of its header.');
    }
    if (end > headerBytesMax) {
      throw new ModelCheckError('header_too_large', `Its header has more than ${headerBytesMax} bytes.`);
    }
  }

  skip(count: number): void {
    this.assertRoom(count);
    this.#position += count;
  }

  /** Skips strings within the window without waiting. Returns the number of skipped strings. */
  skipStringsInWindow(count: number): number {
    let passed = 0;
    while (passed < count) {
      const offset = this.#position - this.#windowStart;
      if (offset < 0 || offset + 8 > this.#window.length) return passed;
      const length = toSafeNumber(this.#window.readBigUInt64LE(offset));
      this.assertRoom(8 + length);
      this.#position += 8 + length;
      passed++;
    }
    return passed;
  }

  /** The next `count` bytes, in memory that may be overwritten by the next call. */
  async take(count: number): Promise<Buffer> {
    this.assertRoom(count);
    if (!this.#holds(count)) await this.#fill(count);
    const offset = this.#position - this.#windowStart;
    this.#position += count;
    return this.#window.subarray(offset, offset + count);
  }

  async uint32(): Promise<number> {
    return (await this.take(4)).readUInt32LE();
  }

  /** Counts and lengths; none of a real file is beyond 2^53. */
  async uint64(): Promise<number> {
    return toSafeNumber((await this.take(8)).readBigUInt64LE());
  }

  /** A string of at most `bytesMax` bytes; a longer one is passed over and undefined. */
  async string(bytesMax: number): Promise<string | undefined> {
    const length = await this.uint64();
    if (length > bytesMax) {
      this.skip(length);
      return undefined;
    }
    return (await this.take(length)).toString('utf8');
  }

  /** Reads the window again from here, for a loop over its contents. */
  async refill(): Promise<void> {
    await this.#fill(1);
  }

  #holds(count: number): boolean {
    const offset = this.#position - this.#windowStart;
    return offset >= 0 && offset + count <= this.#window.length;
  }

  async #fill(count: number): Promise<void> {
    this.assertRoom(count);
    const wanted = Math.min(Math.max(count, windowBytes), this.#fileBytes - this.#position);
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(wanted), 0, wanted, this.#position);
    if (bytesRead < count)
      throw new ModelCheckError('truncated', 'The file ends in the middle of its header.');
    this.#window = buffer.subarray(0, bytesRead);
    this.#windowStart = this.#position;
  }
}

function toSafeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ModelCheckError('damaged_header', 'Its header has a count that no file can have.');
  }
  return Number(value);
}
