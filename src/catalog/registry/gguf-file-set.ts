import { basename } from 'node:path/posix';

/** `name-00001-of-00003.gguf`: a part of a split model. */
const shardPattern = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;
/** A model with more parts is refused. */
const shardsMax = 512;

/** All files of the split model that `path` belongs to, in order. Only `path` if it is not split. */
export function listShards(path: string): readonly string[] {
  const [, stem, , total] = shardPattern.exec(path) ?? [];
  const count = Number(total ?? 0);
  if (stem === undefined || count === 0 || count > shardsMax) return [path];
  return Array.from(
    { length: count },
    (_, index) => `${stem}-${String(index + 1).padStart(5, '0')}-of-${total}.gguf`,
  );
}

/** Lists each model by its first file. Later parts and companion files are not models. */
export function listModelFiles(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => {
    const name = basename(path).toLowerCase();
    const isCompanion = /(?:^|[-_.])(?:mmproj|imatrix)(?:[-_.]|$)/.test(name);
    const part = shardPattern.exec(path)?.[2] ?? '00001';
    return name.endsWith('.gguf') && !isCompanion && Number(part) === 1;
  });
}

/**
 * Whether the name of the file or its folder contains the quantization as a separate word: Q4_K does not
 * match Q4_K_M.
 */
export function hasQuantization(path: string, quantization: string): boolean {
  const escaped = quantization.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?:^|[-./_])${escaped}(?=[-./]|$)`, 'i').test(path);
}
