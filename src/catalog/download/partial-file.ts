/**
 * An incomplete file: its bytes, and a map of the bytes that are present.
 *
 * Bytes are synced to disk before the map mentions them, so after a kill or power cut the map never claims
 * more than the file has. It may claim less; those bytes are fetched again.
 */
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { isMissingFile } from '../is-missing-file.ts';
import { removeUnfinishedWrites, writeFileAtomically } from '../write-file-atomically.ts';

/** A file of more pieces than this is refused: 1 TiB in pieces of 32 MiB has half as many. */
const piecesMax = 65_536;

const count = z.number().int().nonnegative();

const savedMapSchema = z.object({
  /**
   * `toAddressFingerprint` of the source. Maps of earlier versions contain the URL itself and count as
   * absent.
   */
  addressFingerprint: z.string(),
  /** A strong ETag or a Last-Modified date: what `If-Range` takes. Without one only the checksum guards. */
  validator: z.string().optional(),
  sizeBytes: count,
  pieces: z.array(z.object({ startBytes: count, endBytes: count, doneBytes: count })).max(piecesMax),
});

export type SavedMap = z.infer<typeof savedMapSchema>;

/** An incomplete model file. It never has the name of an installed one. */
export interface PartialFile {
  readonly path: string;
  /** Opens an empty file without a map for reading and writing. */
  openAnew(): Promise<FileHandle>;
  /** Opens the existing bytes for reading and writing. */
  openAgain(): Promise<FileHandle>;
  /** Undefined if the map is missing, damaged, or claims more than the file has. */
  readMap(): Promise<SavedMap | undefined>;
  saveMap(map: SavedMap): Promise<void>;
  forgetMap(): Promise<void>;
  sizeBytes(): Promise<number>;
  remove(): Promise<void>;
}

export function createPartialFile(path: string): PartialFile {
  const mapPath = `${path}.json`;
  const forgetMap = async () => {
    await rm(mapPath, { force: true });
    await removeUnfinishedWrites(dirname(path), `${basename(mapPath)}.`);
  };
  const sizeBytes = async () => (await statIfThere(path))?.size ?? 0;
  return {
    path,
    sizeBytes,
    forgetMap,
    // Delete the map first. It must never describe bytes from another source.
    openAnew: async () => {
      await forgetMap();
      return open(path, 'w+');
    },
    openAgain: () => open(path, 'r+'),
    saveMap: (map) => writeFileAtomically(mapPath, JSON.stringify(map)),
    readMap: async () => {
      const map = await readMap(mapPath);
      return map !== undefined && isWithin(map, await sizeBytes()) ? map : undefined;
    },
    remove: async () => {
      await forgetMap();
      await rm(path, { force: true });
    },
  };
}

/** The pieces cover the file without gaps, and the file contains what they claim. */
function isWithin(map: SavedMap, fileBytes: number): boolean {
  let endBytes = 0;
  for (const piece of map.pieces) {
    const isNext = piece.startBytes === endBytes && piece.endBytes > piece.startBytes;
    const isInFile = piece.doneBytes === 0 || piece.startBytes + piece.doneBytes <= fileBytes;
    if (!isNext || !isInFile || piece.startBytes + piece.doneBytes > piece.endBytes) return false;
    endBytes = piece.endBytes;
  }
  return endBytes === map.sizeBytes && fileBytes <= map.sizeBytes;
}

async function readMap(path: string): Promise<SavedMap | undefined> {
  try {
    return savedMapSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    // Missing and damaged maps are treated alike: the download starts over, and the checksum guards the
    // result.
    return undefined;
  }
}

async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}
