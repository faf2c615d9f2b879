import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { isMissingFile } from './is-missing-file.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** What a resumed download must still match, kept beside the partial file. */
const resumeSchema = z.object({
  url: z.string(),
  /** A strong ETag or a Last-Modified date: what `If-Range` takes. */
  validator: z.string(),
});

type ResumePoint = z.infer<typeof resumeSchema>;

/** A model file that is not whole yet: it never has the name of an installed one. */
export interface PartialFile {
  readonly path: string;
  /** Empty, for a source that starts anew. */
  startAnew(): Promise<FileHandle>;
  /** What an earlier download from `url` left, if the server's file can still be compared with it. */
  findResumePoint(
    url: string,
  ): Promise<{ readonly doneBytes: number; readonly validator: string } | undefined>;
  /** Opened to be written on after what is there. */
  continueWriting(): Promise<FileHandle>;
  saveResumePoint(point: ResumePoint): Promise<void>;
  forgetResumePoint(): Promise<void>;
  sizeBytes(): Promise<number>;
  remove(): Promise<void>;
}

export function createPartialFile(finalPath: string): PartialFile {
  const path = `${finalPath}.partial`;
  const resumePath = `${finalPath}.partial.json`;
  const forgetResumePoint = () => rm(resumePath, { force: true });
  const sizeBytes = async () => (await statIfThere(path))?.size ?? 0;

  return {
    path,
    sizeBytes,
    forgetResumePoint,
    // The resume point goes first: it must never speak of bytes that another source wrote.
    startAnew: async () => {
      await forgetResumePoint();
      return open(path, 'w');
    },
    continueWriting: () => open(path, 'a'),
    saveResumePoint: (point) => writeFileAtomically(resumePath, JSON.stringify(point)),
    findResumePoint: async (url) => {
      const point = await readResumePoint(resumePath);
      const doneBytes = await sizeBytes();
      if (point?.url !== url || doneBytes === 0) return undefined;
      return { doneBytes, validator: point.validator };
    },
    remove: async () => {
      await forgetResumePoint();
      await rm(path, { force: true });
    },
  };
}

async function readResumePoint(path: string): Promise<ResumePoint | undefined> {
  try {
    return resumeSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
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
