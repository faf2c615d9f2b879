import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from './write-file-atomically.ts';

/** The manifest lies beside the model file and is written last: a model without one is not installed. */
export const manifestSuffix = '.manifest.json';

const manifestSchema = z.object({
  name: z.string().min(1),
  /** A bare file name, so that a manifest can never point outside the models folder. */
  file: z.string().refine((file) => file === basename(file) && file !== '..' && file !== '.' && file !== ''),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.number().int().positive(),
  /** The file's modification time when its checksum was last found right. */
  mtimeMs: z.number(),
});

export type ModelManifest = z.infer<typeof manifestSchema>;

/**
 * Undefined when there is no manifest, or one that is not ours or damaged: the model then counts as not
 * installed, and a pull finds the file by its checksum again.
 */
export async function readModelManifest(path: string): Promise<ModelManifest | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export async function writeModelManifest(path: string, manifest: ModelManifest): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

export function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
