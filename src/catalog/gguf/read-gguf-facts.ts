/**
 * Reads a GGUF header without native code and validates it: format, version, lengths that fit into the file,
 * and tensor data that is complete. Otherwise a bad file from the internet would crash llama.cpp.
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { open } from 'node:fs/promises';
import { isKnownArchitecture } from './architectures.ts';
import { GgufCursor } from './gguf-cursor.ts';
import type { GgufFacts } from './gguf-facts.ts';
import { ModelCheckError } from './model-check-error.ts';
import { readMetadata } from './read-metadata.ts';
import { readTensors } from './read-tensors.ts';
import { toGgufFacts } from './to-gguf-facts.ts';

/** Version 1 was replaced within weeks and no engine reads it; big-endian files have the bytes of it reversed. */
const versions = [2, 3];
const alignmentDefault = 32;
const alignmentMax = 65_536;

/** @throws ModelCheckError for a file that can't be used, and the system's error for one that can't be read */
export async function readGgufFacts(path: string): Promise<GgufFacts> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const facts = await readFacts(new GgufCursor(file, size));
    if (!isKnownArchitecture(facts.architecture)) {
      throw new ModelCheckError(
        'unknown_architecture',
        `It is a model with the architecture "${facts.architecture}", which this engine does not support.`,
      );
    }
    return facts;
  } finally {
    await file.close();
  }
}

/** Of a model in several files: the facts of the first, which has the metadata, with the sums of all. */
export async function readShardedGgufFacts(paths: readonly string[]): Promise<GgufFacts> {
  const [first, ...others] = paths;
  if (first === undefined) throw new ModelCheckError('damaged_header', 'The model has no files.');
  const facts = await readGgufFacts(first);
  if (facts.splitCount !== paths.length) {
    throw new ModelCheckError(
      'truncated',
      `The model was split into ${facts.splitCount} files, and ${paths.length} of them are here.`,
    );
  }
  let { parameterCount, sizeBytes } = facts;
  for (const path of others) {
    const shard = await readShardTotals(path);
    parameterCount += shard.parameterCount;
    sizeBytes += shard.sizeBytes;
  }
  return { ...facts, parameterCount, sizeBytes };
}

/** Further shards say neither their architecture nor anything else that is of use. */
async function readShardTotals(path: string): Promise<GgufFacts> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await readFacts(new GgufCursor(file, size));
  } finally {
    await file.close();
  }
}

async function readFacts(cursor: GgufCursor): Promise<GgufFacts> {
  await assertFormat(cursor);
  const tensorCount = await cursor.uint64();
  const metadata = await readMetadata(cursor, await cursor.uint64());
  assertLanguageModel(metadata.get('general.type'));
  const alignment = metadata.get('general.alignment') ?? alignmentDefault;
  if (
    typeof alignment !== 'number' ||
    alignment < 1 ||
    alignment > alignmentMax ||
    !Number.isInteger(Math.log2(alignment))
  ) {
    throw new ModelCheckError('damaged_header', 'Its header has an alignment that is not a power of two.');
  }
  const totals = await readTensors(cursor, tensorCount, alignment);
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  const missingBytes = totals.dataEnd === 0 ? 0 : dataStart + totals.dataEnd - cursor.fileBytes;
  if (missingBytes > 0) {
    throw new ModelCheckError(
      'truncated',
      `The file is cut short: ${missingBytes} bytes of its tensors are missing.`,
    );
  }
  return toGgufFacts(metadata, totals, cursor.fileBytes);
}

async function assertFormat(cursor: GgufCursor): Promise<void> {
  if (cursor.fileBytes < 24 || (await cursor.take(4)).toString('latin1') !== 'GGUF') {
    throw new ModelCheckError('not_gguf', 'It is not a GGUF file.');
  }
  const version = await cursor.uint32();
  if (versions.includes(version)) return;
  const isBigEndian = version !== 0 && version % 0x1_00_00_00 === 0;
  throw new ModelCheckError(
    'unsupported_version',
    isBigEndian
      ? 'It is a GGUF file for big-endian machines.'
      : `It is a GGUF file of version ${version}; the versions ${versions.join(' and ')} can be used.`,
  );
}

function assertLanguageModel(type: unknown): void {
  if (type === undefined || type === 'model') return;
  throw new ModelCheckError(
    'not_a_language_model',
    `It is not a language model but has the type "${String(type)}".`,
  );
}
