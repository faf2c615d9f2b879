import type { GgufCursor } from './gguf-cursor.ts';
import { ModelCheckError } from './model-check-error.ts';

/** The stored part of a value. Long arrays and arrays of strings are stored as their length only. */
export type GgufValue = number | boolean | string | readonly number[] | { readonly count: number };

export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** The format's own bound of a key. */
const keyBytesMax = 65_535;
/** Real files have about fifty entries. */
const entriesMax = 10_000;
/** The longest chat template known has about 60 KB. */
export const valueBytesMax = 512 * 1024;
/** Of all texts that are kept together. */
const keptBytesMax = 4 * 1024 * 1024;
/** Arrays of one number a layer are kept, a vocabulary's are not. */
const keptElementsMax = 1024;

interface NumberType {
  readonly sizeBytes: number;
  read(bytes: Buffer): number | boolean;
}

/** The format's type numbers: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
const numberTypes = new Map<number, NumberType>([
  [0, { sizeBytes: 1, read: (bytes) => bytes.readUInt8() }],
  [1, { sizeBytes: 1, read: (bytes) => bytes.readInt8() }],
  [2, { sizeBytes: 2, read: (bytes) => bytes.readUInt16LE() }],
  [3, { sizeBytes: 2, read: (bytes) => bytes.readInt16LE() }],
  [4, { sizeBytes: 4, read: (bytes) => bytes.readUInt32LE() }],
  [5, { sizeBytes: 4, read: (bytes) => bytes.readInt32LE() }],
  [6, { sizeBytes: 4, read: (bytes) => bytes.readFloatLE() }],
  [7, { sizeBytes: 1, read: (bytes) => bytes.readUInt8() !== 0 }],
  [10, { sizeBytes: 8, read: (bytes) => Number(bytes.readBigUInt64LE()) }],
  [11, { sizeBytes: 8, read: (bytes) => Number(bytes.readBigInt64LE()) }],
  [12, { sizeBytes: 8, read: (bytes) => bytes.readDoubleLE() }],
]);
const stringType = 8;
const arrayType = 9;

/** @throws ModelCheckError */
export async function readMetadata(cursor: GgufCursor, count: number): Promise<GgufMetadata> {
  if (count > entriesMax) {
    throw new ModelCheckError('header_too_large', `Its header has more than ${entriesMax} entries.`);
  }
  const metadata = new Map<string, GgufValue>();
  let keptBytes = 0;
  for (let index = 0; index < count; index++) {
    const key = await cursor.string(keyBytesMax);
    if (key === undefined || key === '' || metadata.has(key)) {
      throw new ModelCheckError(
        'damaged_header',
        'Its header has a key that is empty, too long or there twice.',
      );
    }
    const value = await readValue(cursor, await cursor.uint32());
    keptBytes += key.length + (typeof value === 'string' ? value.length : 8);
    if (keptBytes > keptBytesMax) {
      throw new ModelCheckError(
        'header_too_large',
        `Its header has more than ${keptBytesMax} bytes of texts.`,
      );
    }
    metadata.set(key, value);
  }
  return metadata;
}

async function readValue(cursor: GgufCursor, type: number): Promise<GgufValue> {
  const numberType = numberTypes.get(type);
  if (numberType !== undefined) return numberType.read(await cursor.take(numberType.sizeBytes));
  if (type === stringType) {
    const length = { count: 0 };
    return (await cursor.string(valueBytesMax)) ?? length;
  }
  if (type === arrayType) return readArray(cursor, await cursor.uint32(), await cursor.uint64());
  throw new ModelCheckError('damaged_header', `Its header has a value of the unknown type ${type}.`);
}

/** Arrays of arrays are in the format and in no file: llama.cpp refuses them too. */
async function readArray(cursor: GgufCursor, type: number, count: number): Promise<GgufValue> {
  const numberType = numberTypes.get(type);
  if (numberType !== undefined) {
    cursor.assertRoom(count * numberType.sizeBytes);
    if (count > keptElementsMax) {
      cursor.skip(count * numberType.sizeBytes);
      return { count };
    }
    const bytes = Buffer.from(await cursor.take(count * numberType.sizeBytes));
    return Array.from({ length: count }, (_, index) =>
      Number(numberType.read(bytes.subarray(index * numberType.sizeBytes))),
    );
  }
  if (type !== stringType) {
    throw new ModelCheckError('damaged_header', `Its header has an array of the unknown type ${type}.`);
  }
  // A string has at least its length, so a count beyond the file is seen before the first one.
  cursor.assertRoom(count * 8);
  for (let passed = 0; passed < count; passed += cursor.skipStringsInWindow(count - passed)) {
    cursor.assertRoom(8);
    await cursor.refill();
  }
  return { count };
}
