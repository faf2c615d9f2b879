import { toQuantizationName } from './file-types.ts';
import type { GgufFacts, GgufSampling } from './gguf-facts.ts';
import type { GgufMetadata } from './read-metadata.ts';
import type { TensorTotals } from './read-tensors.ts';

/** Architectures that only ever make vectors. A decoder that was trained for it says so by its pooling. */
const embeddingArchitectures = new Set([
  'bert',
  'modern-bert',
  'nomic-bert',
  'nomic-bert-moe',
  'neo-bert',
  'jina-bert-v2',
  'jina-bert-v3',
  'eurobert',
  'gemma-embedding',
  'llama-embed',
  't5encoder',
]);

const textCharactersMax = 1_000;

/** Entries of the wrong type count as absent: llama.cpp says what it needs when it loads the model. */
export function toGgufFacts(metadata: GgufMetadata, totals: TensorTotals, sizeBytes: number): GgufFacts {
  const architecture = findText(metadata, 'general.architecture') ?? '';
  const find = (key: string) => findNumber(metadata, `${architecture}.${key}`);
  const fileType = findNumber(metadata, 'general.file_type');
  const embeddingLength = find('embedding_length');
  const headCount = find('attention.head_count');
  const headLength =
    embeddingLength === undefined || headCount === undefined || headCount === 0
      ? undefined
      : embeddingLength / headCount;
  const sampling = findSampling(metadata);
  return {
    architecture,
    name: findText(metadata, 'general.name'),
    parameterCount: totals.parameterCount,
    contextLength: find('context_length'),
    embeddingLength,
    layers: find('block_count'),
    headCount,
    headCountKv: find('attention.head_count_kv') ?? headCount,
    keyLength: find('attention.key_length') ?? headLength,
    valueLength: find('attention.value_length') ?? headLength,
    quantization: (fileType === undefined ? undefined : toQuantizationName(fileType)) ?? totals.mainType,
    vocabularySize: findCount(metadata, 'tokenizer.ggml.tokens') ?? find('vocab_size'),
    tokenizer: findText(metadata, 'tokenizer.ggml.model'),
    chatTemplate: toText(metadata.get('tokenizer.chat_template')),
    license: findText(metadata, 'general.license'),
    isEmbedding: embeddingArchitectures.has(architecture) || (find('pooling_type') ?? 0) > 0,
    splitCount: Math.max(1, findNumber(metadata, 'split.count') ?? 1),
    sizeBytes,
    hasVision: [...metadata.keys()].some((key) => key.startsWith(`${architecture}.vision.`)),
    ...(sampling === undefined ? {} : { sampling }),
  };
}

/** https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py, Keys.General.SAMPLING_* */
const samplingKeys = {
  temperature: 'temp',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  repeatPenalty: 'penalty_repeat',
} as const satisfies Record<keyof GgufSampling, string>;

function findSampling(metadata: GgufMetadata): GgufSampling | undefined {
  const found = Object.entries(samplingKeys).flatMap(([name, key]) => {
    const value = findNumber(metadata, `general.sampling.${key}`);
    return value === undefined ? [] : [[name, toSingle(value)] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Digits of a number of 32 bits: 0.6 is 0.6000000238418579 in 64. */
const singleDigits = 7;

function toSingle(value: number): number {
  return Number(value.toPrecision(singleDigits));
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function findText(metadata: GgufMetadata, key: string): string | undefined {
  return toText(metadata.get(key))?.slice(0, textCharactersMax);
}

/** Where a file has one number for each layer, the largest. */
function findNumber(metadata: GgufMetadata, key: string): number | undefined {
  const value = metadata.get(key);
  const number = Array.isArray(value) ? Math.max(...value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

function findCount(metadata: GgufMetadata, key: string): number | undefined {
  const value = metadata.get(key);
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && 'count' in value ? value.count : undefined;
}
