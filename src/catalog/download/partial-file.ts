/**
 * A file on its way: its bytes, and beside them a map of which are there.
 *
 * The bytes are on the disk before the map speaks of them, so that neither a kill nor a power cut leaves a map
 * that claims more than the file has. The map may claim less: those bytes are then fetched once more.
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
  /** `toAddressFingerprint` of where it came from. A map of an earlier version has the address itself, and counts as none. */
  addressFingerprint: z.string(),
  /** A strong ETag or a Last-Modified date: what `If-Range` takes. Without one only the checksum guards. */
  validator: z.string().optional(),
  sizeBytes: count,
  pieces: z.array(z.object({ startBytes: count, endBytes: count, doneBytes: count })).max(piecesMax),
});

export type SavedMap = z.infer<typeof savedMapSchema>;

/** A model file that is not whole yet: it never has the name of an installed one. */
export interface PartialFile {
  readonly path: string;
  /** Empty, without a map, to be read and written. */
  openAnew(): Promise<FileHandle>;
  /** With what is there, to be read and written. */
  openAgain(): Promise<FileHandle>;
  /** Undefined when there is none, or one that is damaged or claims more than the file has. */
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
    // The map goes first: it must never speak of bytes that another source wrote.
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

/** The pieces follow each other without a gap up to the file's size, and the file holds what they claim. */
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
    // Missing or damaged is the same to us: the download starts anew, and the checksum guards the result.
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
