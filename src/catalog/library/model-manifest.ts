import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { GgufFacts } from '../gguf/gguf-facts.ts';
import { isMissingFile } from '../is-missing-file.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { type LibraryLayout, toManifestPath } from './library-layout.ts';
import { modelParametersSchema } from './model-parameters.ts';

const factsSchema = z.object({
  architecture: z.string(),
  name: z.string().optional(),
  parameterCount: z.number(),
  contextLength: z.number().optional(),
  embeddingLength: z.number().optional(),
  layers: z.number().optional(),
  headCount: z.number().optional(),
  headCountKv: z.number().optional(),
  keyLength: z.number().optional(),
  valueLength: z.number().optional(),
  quantization: z.string().optional(),
  vocabularySize: z.number().optional(),
  tokenizer: z.string().optional(),
  chatTemplate: z.string().optional(),
  license: z.string().optional(),
  isEmbedding: z.boolean(),
  splitCount: z.number(),
  sizeBytes: z.number(),
  hasVision: z.boolean(),
  sampling: z
    .object({
      temperature: z.number().optional(),
      topP: z.number().optional(),
      topK: z.number().optional(),
      minP: z.number().optional(),
      repeatPenalty: z.number().optional(),
    })
    .optional(),
}) satisfies z.ZodType<GgufFacts>;

const fileSchema = z.object({
  role: z.enum(['weights', 'template', 'parameters', 'system', 'license']),
  /** A bare file name, so that a manifest can never point outside the models folder. */
  fileName: z.string().refine(isBareFileName),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.number().int().nonnegative(),
  /** The blob's modification time when its checksum was last found right. */
  mtimeMs: z.number(),
});

const manifestSchema = z.object({
  version: z.literal(1),
  name: z.string().min(1),
  origin: z.string(),
  license: z.string().optional(),
  /** Read from the weights when they were installed: lists would else open every file. */
  facts: factsSchema,
  parameters: modelParametersSchema.optional(),
  /** Names of defaults that the source sets and Gravix does not use. */
  unusedNames: z.array(z.string()).optional(),
  systemText: z.string().optional(),
  files: z.array(fileSchema).refine((files) => files.some(({ role }) => role === 'weights')),
});

export type ModelManifest = z.infer<typeof manifestSchema>;

export function isBareFileName(fileName: string): boolean {
  const isName = fileName !== '' && fileName !== '.' && fileName !== '..' && fileName.length <= 200;
  return isName && fileName === basename(fileName) && !/[\\/:\0]/.test(fileName);
}

/** A manifest's text, and what it says; undefined where it is damaged, or of a later version of Gravix. */
export interface ReadManifest {
  readonly path: string;
  readonly text: string;
  readonly manifest: ModelManifest | undefined;
}

/** In order of name. */
export async function readManifests(layout: LibraryLayout): Promise<readonly ReadManifest[]> {
  const files = (await readFolderIfThere(layout.manifests)).filter((file) => file.endsWith('.json'));
  const read = await Promise.all(files.sort().map((file) => readManifest(join(layout.manifests, file))));
  return read.filter((manifest) => manifest !== undefined);
}

/** Undefined if absent. */
export async function readManifest(path: string): Promise<ReadManifest | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  return { path, text, manifest: parseManifest(text) };
}

export async function writeManifest(layout: LibraryLayout, manifest: ModelManifest): Promise<void> {
  await writeFileAtomically(
    toManifestPath(layout, manifest.name),
    `${JSON.stringify(manifest, undefined, 2)}\n`,
  );
}

function parseManifest(text: string): ModelManifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The names in a folder, none when it is not there. */
export async function readFolderIfThere(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}
