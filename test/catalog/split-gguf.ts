import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GgufCursor } from '../../src/catalog/gguf/gguf-cursor.ts';
import { readMetadata } from '../../src/catalog/gguf/read-metadata.ts';
import { tensorTypes } from '../../src/catalog/gguf/tensor-types.ts';
import { text, uint32, uint64 } from './sample-gguf.ts';

interface Tensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly type: number;
  readonly data: Buffer;
}

const alignment = 32;
/** Magic, version and the two counts. */
const startBytes = 24;

/** Splits a real model into two files as llama.cpp's own gguf-split does; returns their paths. */
export async function splitGguf(path: string, folder: string): Promise<readonly [string, string]> {
  const whole = await readFile(path);
  const file = await open(path, 'r');
  try {
    const cursor = new GgufCursor(file, whole.length);
    cursor.skip(8);
    const tensorCount = await cursor.uint64();
    const entryCount = await cursor.uint64();
    await readMetadata(cursor, entryCount);
    const entries = whole.subarray(startBytes, cursor.position);
    const tensors = await readTensorData(cursor, tensorCount, whole);
    const half = Math.ceil(tensors.length / 2);
    const paths = [join(folder, 'm-00001-of-00002.gguf'), join(folder, 'm-00002-of-00002.gguf')] as const;
    await writeFile(paths[0], toShard(0, entryCount, entries, tensors.slice(0, half), tensorCount));
    await writeFile(paths[1], toShard(1, 0, Buffer.alloc(0), tensors.slice(half), tensorCount));
    return paths;
  } finally {
    await file.close();
  }
}

async function readTensorData(cursor: GgufCursor, count: number, whole: Buffer): Promise<readonly Tensor[]> {
  const found: (Omit<Tensor, 'data'> & { offset: number })[] = [];
  for (let index = 0; index < count; index++) {
    const name = (await cursor.string(256)) ?? '';
    const dimensions: number[] = [];
    for (let left = await cursor.uint32(); left > 0; left--) dimensions.push(await cursor.uint64());
    found.push({ name, dimensions, type: await cursor.uint32(), offset: await cursor.uint64() });
  }
  const dataStart = pad(cursor.position);
  return found.map(({ offset, ...tensor }) => {
    const elements = tensor.dimensions.reduce((product, length) => product * length, 1);
    const { blockElements = 1, blockBytes = 0 } = tensorTypes.get(tensor.type) ?? {};
    const start = dataStart + offset;
    return { ...tensor, data: whole.subarray(start, start + (elements / blockElements) * blockBytes) };
  });
}

function toShard(
  number: number,
  entryCount: number,
  entries: Buffer,
  tensors: readonly Tensor[],
  tensorsOfAll: number,
): Buffer {
  let offset = 0;
  const listed = tensors.map(({ name, dimensions, type, data }) => {
    const at = offset;
    offset = pad(offset + data.length);
    return Buffer.concat([
      text(name),
      uint32(dimensions.length),
      ...dimensions.map(uint64),
      uint32(type),
      uint64(at),
    ]);
  });
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(tensors.length),
    uint64(entryCount + 3),
    entries,
    ...[text('split.no'), uint32(2), uint16(number)],
    ...[text('split.count'), uint32(2), uint16(2)],
    ...[text('split.tensors.count'), uint32(5), uint32(tensorsOfAll)],
    ...listed,
  ]);
  return Buffer.concat([padded(header), ...tensors.map(({ data }) => padded(data))]);
}

function pad(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(pad(bytes.length) - bytes.length)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
