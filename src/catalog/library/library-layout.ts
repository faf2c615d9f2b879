import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * The models folder:
 *
 * - `manifests/<name>.json`: what a model is and which blobs it is made of; written last, removed first
 * - `blobs/sha256-<hex>`: the files, each once, however many models name it
 * - `shards/<name>/`: links to the blobs of a model in several files, with the names that llama.cpp looks for
 * - `staging/`: what a pull has not finished
 * - `library.lock`: held while manifests and blobs change
 */
export interface LibraryLayout {
  readonly folder: string;
  readonly manifests: string;
  readonly blobs: string;
  readonly shards: string;
  readonly staging: string;
  readonly lock: string;
}

export function toLibraryLayout(folder: string): LibraryLayout {
  return {
    folder,
    manifests: join(folder, 'manifests'),
    blobs: join(folder, 'blobs'),
    shards: join(folder, 'shards'),
    staging: join(folder, 'staging'),
    lock: join(folder, 'library.lock'),
  };
}

export function toBlobPath(layout: LibraryLayout, sha256: string): string {
  return join(layout.blobs, `sha256-${sha256}`);
}

/** The checksum in a blob's file name; undefined for another file. */
export function toBlobSha256(fileName: string): string | undefined {
  return /^sha256-([0-9a-f]{64})$/.exec(fileName)?.[1];
}

export function toManifestPath(layout: LibraryLayout, name: string): string {
  return join(layout.manifests, `${encodeFileName(name)}.json`);
}

export function toShardsFolder(layout: LibraryLayout, name: string): string {
  return join(layout.shards, encodeFileName(name));
}

/** Leaves room for a suffix within the 255 bytes that file systems allow. */
const encodedCharactersMax = 180;

/**
 * A file name for any text. Characters other than lower-case letters, digits and `-_.` become `%` and their
 * bytes, so that names stay distinct on case-insensitive file systems. A long name is cut and gets a hash.
 */
export function encodeFileName(text: string): string {
  const encoded = [...Buffer.from(text)].map(encodeByte).join('').replace(/^\./, '%2e');
  if (encoded.length <= encodedCharactersMax) return encoded;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return `${encoded.slice(0, encodedCharactersMax - hash.length - 1)}-${hash}`;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[a-z0-9._-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
}
