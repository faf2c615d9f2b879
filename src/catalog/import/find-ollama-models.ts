/**
 * Reads Ollama's models folder: `manifests/<host>/<namespace>/<model>/<tag>` lists layers, stored in `blobs/`
 * by their SHA-256. Manifests have the same format as in the registry.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { readFolderIfThere } from '../library/model-manifest.ts';
import { findOllamaLayerRole, listOllamaLayerNotes } from '../ollama-layers.ts';
import type { CandidateFile, ImportCandidate, ImportSurvey, SkippedImport } from './import-candidate.ts';

const manifestSchema = z.object({
  layers: z
    .array(z.object({ mediaType: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) }))
    .min(1)
    .max(64),
});

/** A manifest has a few hundred bytes. */
const manifestBytesMax = 1024 * 1024;

export async function findOllamaModels(folder: string): Promise<ImportSurvey> {
  const manifests = join(folder, 'manifests');
  if ((await readFolderIfThere(manifests)).length === 0) return { candidates: [], skipped: [] };
  const paths = await readdir(manifests, { recursive: true });
  const candidates: ImportCandidate[] = [];
  const skipped: SkippedImport[] = [];
  for (const path of paths.sort()) {
    const name = toName(path.split(sep));
    if (name === undefined) continue;
    const layers = await readLayers(join(manifests, path));
    const outcome = layers === undefined ? "its manifest can't be read" : toFiles(folder, layers);
    if (typeof outcome === 'string') skipped.push({ name, reason: outcome });
    else {
      const notes = listOllamaLayerNotes(layers ?? []);
      candidates.push({ name, origin: `Ollama, ${folder}`, files: outcome, notes });
    }
  }
  return { candidates, skipped };
}

/** The name that a pull of the same model would use. Undefined if the path is not a manifest. */
function toName(parts: readonly string[]): string | undefined {
  const [host, namespace, model, tag, ...more] = parts;
  if (model === undefined || tag === undefined || more.length > 0) return undefined;
  if (parts.some((part) => part.startsWith('.'))) return undefined;
  if (host !== 'registry.ollama.ai') return `ollama:${host}/${namespace}/${model}:${tag}`;
  return namespace === 'library' ? `${model}:${tag}` : `ollama:${namespace}/${model}:${tag}`;
}

async function readLayers(path: string) {
  try {
    const { size } = await stat(path);
    if (size > manifestBytesMax) return undefined;
    return manifestSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data?.layers;
  } catch {
    return undefined;
  }
}

/**
 * The files, or the reason why there are none. Layers that only Ollama uses, such as example messages, are
 * omitted.
 */
function toFiles(
  folder: string,
  layers: readonly { readonly mediaType: string; readonly digest: string }[],
): readonly CandidateFile[] | string {
  const files = layers.flatMap(({ mediaType, digest }): CandidateFile[] => {
    const role = findOllamaLayerRole(mediaType);
    if (role === undefined) return [];
    const sha256 = digest.slice('sha256:'.length);
    const fileName = role === 'weights' ? 'model.gguf' : `${role}-${sha256.slice(0, 12)}`;
    return [{ role, fileName, sha256, path: join(folder, 'blobs', `sha256-${sha256}`) }];
  });
  const weights = files.filter(({ role }) => role === 'weights');
  if (weights.length === 0) return 'it has no weights in a GGUF file';
  if (weights.length > 1) return 'it has more than one file of weights, which only Ollama can join';
  if (layers.some(({ mediaType }) => mediaType === 'application/vnd.ollama.image.adapter')) {
    return 'it is another model with an adapter, which only Ollama applies';
  }
  return files;
}
