import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import {
  type GgufEntry,
  sampleEntries,
  text,
  toGguf,
  toGgufHeader,
  uint32,
  uint64,
} from '../../../test/catalog/sample-gguf.ts';
import { architectures } from './architectures.ts';
import { ModelCheckError, type ModelCheckErrorCode } from './model-check-error.ts';
import { readGgufFacts, readShardedGgufFacts } from './read-gguf-facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'gravix-gguf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let serial = 0;
async function write(content: Buffer): Promise<string> {
  const path = join(folder, `${serial++}.gguf`);
  await writeFile(path, content);
  return path;
}

async function expectRefusal(content: Buffer, code: ModelCheckErrorCode): Promise<string> {
  const error = await readGgufFacts(await write(content)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ModelCheckError);
  expect((error as ModelCheckError).code).toBe(code);
  expect((error as ModelCheckError).message).toMatch(/^[A-Z].+\.$/);
  return (error as ModelCheckError).message;
}

const data = Buffer.alloc(256, 7);
const sample = toGguf(data);

function withEntries(...entries: readonly GgufEntry[]): Buffer {
  return toGguf(data, [...sampleEntries, ...entries]);
}

test('the sampling that a file recommends, in the digits that its writer meant', async () => {
  const content = withEntries(
    ['general.sampling.temp', { type: 'float32', value: 0.6 }],
    ['general.sampling.top_p', { type: 'float32', value: 0.95 }],
    ['general.sampling.top_k', { type: 'uint32', value: 20 }],
    ['general.sampling.min_p', { type: 'string', value: 'a lot' }],
    ['general.sampling.penalty_repeat', { type: 'float32', value: 1.05 }],
  );
  const { sampling } = await readGgufFacts(await write(content));
  expect(sampling).toEqual({ temperature: 0.6, topP: 0.95, topK: 20, repeatPenalty: 1.05 });
});

test('the facts of a right file', async () => {
  const content = withEntries(
    ['llama.embedding_length', { type: 'uint32', value: 64 }],
    ['llama.block_count', { type: 'uint32', value: 2 }],
    ['llama.attention.head_count', { type: 'uint32', value: 8 }],
    ['llama.attention.head_count_kv', { type: 'uint32s', values: [2, 4] }],
    ['tokenizer.chat_template', { type: 'string', value: '{{ messages }}' }],
    ['general.license', { type: 'string', value: 'mit' }],
  );
  expect(await readGgufFacts(await write(content))).toEqual({
    architecture: 'llama',
    name: 'Sample',
    parameterCount: 256,
    contextLength: 2048,
    embeddingLength: 64,
    layers: 2,
    headCount: 8,
    headCountKv: 4,
    keyLength: 8,
    valueLength: 8,
    quantization: 'Q4_1',
    vocabularySize: 3,
    tokenizer: undefined,
    chatTemplate: '{{ messages }}',
    license: 'mit',
    isEmbedding: false,
    splitCount: 1,
    sizeBytes: content.length,
    hasVision: false,
  });
});

test('an embedding model is known by its pooling, one that sees by its vision entries', async () => {
  const content = withEntries(
    ['llama.pooling_type', { type: 'uint32', value: 1 }],
    ['llama.vision.block_count', { type: 'uint32', value: 1 }],
  );
  expect(await readGgufFacts(await write(content))).toMatchObject({ isEmbedding: true, hasVision: true });
});

test('a vocabulary longer than the window is counted', async () => {
  const values = Array.from({ length: 60_000 }, (_, index) => `token ${index} ${'x'.repeat(index % 40)}`);
  const content = toGguf(data, [
    ...sampleEntries.slice(0, 4),
    ['tokenizer.ggml.tokens', { type: 'strings', values }],
  ]);
  expect(content.length).toBeGreaterThan(1_000_000);
  expect(await readGgufFacts(await write(content))).toMatchObject({
    vocabularySize: 60_000,
    parameterCount: 256,
  });
});

test('a long text is passed over', async () => {
  const content = withEntries(['tokenizer.chat_template', { type: 'string', value: 'x'.repeat(600_000) }]);
  const facts = await readGgufFacts(await write(content));
  expect(facts.chatTemplate).toBeUndefined();
  expect(facts.parameterCount).toBe(256);
});

test('what is no GGUF that llama.cpp reads is refused with its reason', async () => {
  await expectRefusal(Buffer.from('GGUF'), 'not_gguf');
  await expectRefusal(Buffer.alloc(10_000), 'not_gguf');
  await expectRefusal(Buffer.from('<!doctype html><title>Sign in</title>'), 'not_gguf');
  await expectRefusal(
    toGgufHeader({ version: 1, entries: sampleEntries, tensors: [] }),
    'unsupported_version',
  );
  expect(
    await expectRefusal(
      toGgufHeader({ version: 0x3000000, entries: [], tensors: [] }),
      'unsupported_version',
    ),
  ).toContain('big-endian');
  expect(
    await expectRefusal(
      toGguf(data, [['general.architecture', { type: 'string', value: 'llama9' }]]),
      'unknown_architecture',
    ),
  ).toContain('"llama9"');
  await expectRefusal(
    withEntries(['general.type', { type: 'string', value: 'adapter' }]),
    'not_a_language_model',
  );
  await expectRefusal(withEntries(['general.alignment', { type: 'uint32', value: 3 }]), 'damaged_header');
  await expectRefusal(withEntries(['general.name', { type: 'string', value: 'twice' }]), 'damaged_header');
});

test('a file cut short anywhere is refused, and says how much is missing of its tensors', async () => {
  const header = sample.length - data.length;
  for (let length = 24; length < sample.length; length += 13) {
    const code = length < header ? expect.stringMatching(/truncated|damaged_header/) : 'truncated';
    const path = await write(sample);
    await truncate(path, length);
    await expect(readGgufFacts(path), String(length)).rejects.toMatchObject({ code });
  }
  const message = await expectRefusal(sample.subarray(0, sample.length - 10), 'truncated');
  expect(message).toBe('The file is cut short: 10 bytes of its tensors are missing.');
});

test.each([
  ['a tensor of five dimensions', { dimensions: [1, 1, 1, 1, 1], type: 24, offset: 0 }, 'damaged_header'],
  ['a tensor without numbers', { dimensions: [0], type: 24, offset: 0 }, 'damaged_header'],
  ['a tensor beyond any file', { dimensions: [2 ** 40, 2 ** 40], type: 24, offset: 0 }, 'damaged_header'],
  ['a tensor larger than the file', { dimensions: [2 ** 40], type: 24, offset: 0 }, 'truncated'],
  ['a tensor behind the file', { dimensions: [32], type: 24, offset: 2 ** 40 }, 'truncated'],
  ['a tensor that is not aligned', { dimensions: [32], type: 24, offset: 7 }, 'damaged_header'],
  ['half a block', { dimensions: [33], type: 2, offset: 0 }, 'damaged_header'],
  ['a type that was taken out', { dimensions: [32], type: 4, offset: 0 }, 'unknown_tensor_type'],
  ['a type of the future', { dimensions: [32], type: 99, offset: 0 }, 'unknown_tensor_type'],
] as const)('%s is refused', async (_title, tensor, code) => {
  const header = toGgufHeader({ entries: sampleEntries, tensors: [{ name: 'a', ...tensor }] });
  await expectRefusal(Buffer.concat([header, data]), code);
});

/** A header whose one value is these bytes, behind its key. */
function withRawValue(...value: readonly Buffer[]): Buffer {
  const start = Buffer.concat([Buffer.from('GGUF'), uint32(3), uint64(0), uint64(1), text('a')]);
  return Buffer.concat([start, ...value, Buffer.alloc(1024)]);
}

const huge = 2n ** 60n;

test.each<[string, Buffer, ModelCheckErrorCode]>([
  ['a text of 2^60 bytes', withRawValue(uint32(8), uint64(huge)), 'damaged_header'],
  ['a text beyond the file', withRawValue(uint32(8), uint64(1_000_000)), 'truncated'],
  ['an array of 2^60 numbers', withRawValue(uint32(9), uint32(4), uint64(huge)), 'damaged_header'],
  ['an array of numbers beyond the file', withRawValue(uint32(9), uint32(12), uint64(2 ** 50)), 'truncated'],
  ['an array of texts beyond the file', withRawValue(uint32(9), uint32(8), uint64(2 ** 45)), 'truncated'],
  ['an array of arrays', withRawValue(uint32(9), uint32(9), uint64(1)), 'damaged_header'],
  ['a value of an unknown type', withRawValue(uint32(77)), 'damaged_header'],
  [
    'a billion entries',
    Buffer.concat([Buffer.from('GGUF'), uint32(3), uint64(0), uint64(1_000_000_000), Buffer.alloc(64)]),
    'header_too_large',
  ],
  [
    'a billion tensors',
    Buffer.concat([Buffer.from('GGUF'), uint32(3), uint64(1_000_000_000), uint64(0), Buffer.alloc(64)]),
    'header_too_large',
  ],
])('%s is refused', (_title, content, code) => expectRefusal(content, code).then(() => undefined));

test('many long texts are refused before they are all kept', async () => {
  const entries = Array.from(
    { length: 20 },
    (_, index): GgufEntry => [`text.${index}`, { type: 'string', value: 'x'.repeat(400_000) }],
  );
  await expectRefusal(toGguf(data, entries), 'header_too_large');
});

test('whatever bytes of a header are changed, it is facts or a refusal, and takes little memory', async () => {
  const content = withEntries(
    ['tokenizer.chat_template', { type: 'string', value: '{{ messages }}' }],
    ['llama.attention.head_count_kv', { type: 'uint32s', values: [2, 4, 8] }],
  );
  const headerBytes = content.length - data.length;
  const change = fc.record({
    offset: fc.integer({ min: 4, max: headerBytes - 8 }),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n).map(uint64),
    ),
  });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const mutated = Buffer.from(content);
      for (const { offset, bytes } of changes) mutated.set(bytes, offset);
      const before = process.memoryUsage().arrayBuffers;
      const path = join(folder, 'mutated.gguf');
      await writeFile(path, mutated);
      try {
        const facts = await readGgufFacts(path);
        expect(facts.sizeBytes).toBe(mutated.length);
      } catch (error) {
        expect(error).toBeInstanceOf(ModelCheckError);
        refused++;
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
    }),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(100);
});

test('the shards of a model count together, and a missing one is noticed', async () => {
  const split: GgufEntry = ['split.count', { type: 'uint32', value: 2 }];
  const first = await write(withEntries(split));
  const second = await write(toGguf(Buffer.alloc(512), [split]));
  expect(await readShardedGgufFacts([first, second])).toMatchObject({
    architecture: 'llama',
    splitCount: 2,
    parameterCount: 768,
  });
  await expect(readShardedGgufFacts([first])).rejects.toMatchObject({ code: 'truncated' });
});

test('the native library has the names of the architectures', async (context) => {
  const folderOfLibraries = 'node_modules/@node-llama-cpp/linux-x64/bins/linux-x64';
  const library = await readFile(join(folderOfLibraries, 'libllama.v0.5.0.so')).catch(() => undefined);
  if (library === undefined) {
    console.warn(
      'SKIPPED: the names of architectures, because there is no library of llama.cpp for Linux on x64.',
    );
    context.skip();
    return;
  }
  // Shorter names are no texts in the library but numbers in its code.
  const names = [...architectures].filter((name) => name.length > 5);
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !library.includes(`\0${name}\0`))).toEqual([]);
});
