import { realpath, rm, stat } from 'node:fs/promises';
import { computeFileSha256 } from '../file-checksum.ts';
import { isMissingFile } from '../is-missing-file.ts';
import type { InstalledModel, InstallFile } from '../library/installed-model.ts';
import { linkFile } from '../library/link-shards.ts';
import type { ModelLibrary } from '../model-library.ts';
import type { CandidateFile, ImportCandidate } from './import-candidate.ts';

/** The other program's file is not what it says, or gone. */
export class ImportError extends Error {
  constructor(name: string, fault: string, cause?: unknown) {
    super(`Can't import the model ${name}: ${fault}.`, { cause });
    this.name = 'ImportError';
  }
}

export interface ImportOptions {
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes an installed model of another program's files without a copy: each gets a hard link, or a symbolic one where
 * it lies on another file system. Every file is read once for its checksum.
 * @throws ImportError, ModelCheckError
 */
export async function importModel(
  library: ModelLibrary,
  candidate: ImportCandidate,
  options: ImportOptions = {},
): Promise<InstalledModel> {
  await library.prepare();
  const sizes = await Promise.all(candidate.files.map((file) => measure(candidate.name, file)));
  const totalBytes = sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0);
  const files: InstallFile[] = [];
  let doneBytes = 0;
  try {
    for (const [index, file] of candidate.files.entries()) {
      const before = doneBytes;
      const sha256 = await verify(candidate.name, file, {
        ...options,
        onProgress: (fileBytes) => options.onProgress?.(before + fileBytes, totalBytes),
      });
      const { role, fileName } = file;
      const path = library.stagingPath(`import-${process.pid}-${sha256}`);
      await rm(path, { force: true });
      await linkFile(await realpath(file.path), path);
      files.push({ role, fileName, sha256, sizeBytes: sizes[index] ?? 0, path });
      doneBytes += sizes[index] ?? 0;
    }
    return await library.install({
      name: candidate.name,
      origin: candidate.origin,
      license: undefined,
      files,
    });
  } finally {
    await Promise.all(files.map(({ path }) => rm(path, { force: true })));
  }
}

async function measure(name: string, { path }: CandidateFile): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw new ImportError(name, isMissingFile(error) ? `${path} is gone` : `${path} can't be read`, error);
  }
}

interface VerifyOptions {
  readonly onProgress: (doneBytes: number) => void;
  readonly signal?: AbortSignal;
}

async function verify(
  name: string,
  { path, sha256 }: CandidateFile,
  options: VerifyOptions,
): Promise<string> {
  const found = await computeFileSha256(path, options);
  if (sha256 === undefined || sha256 === found) return found;
  throw new ImportError(name, `${path} does not have the checksum that its name says`);
}
