/** Writes GGUF files for tests, right ones and wrong ones. */
export type GgufEntry = readonly [key: string, value: GgufEntryValue];

export type GgufEntryValue =
  | { readonly type: 'uint32'; readonly value: number }
  | { readonly type: 'float32'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly values: readonly string[] }
  | { readonly type: 'uint32s'; readonly values: readonly number[] };

export interface SampleTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** The format's number of the type; 24 is I8, one byte a number. */
  readonly type: number;
  readonly offset: number;
}

export interface SampleGguf {
  readonly version?: number;
  readonly entries: readonly GgufEntry[];
  readonly tensors: readonly SampleTensor[];
}

/** The header with its padding, behind which the tensors' bytes begin. */
export function toGgufHeader({ version = 3, entries, tensors }: SampleGguf): Buffer {
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(version),
    uint64(tensors.length),
    uint64(entries.length),
    ...entries.flatMap(([key, value]) => [text(key), toValue(value)]),
    ...tensors.map(toTensorInfo),
  ]);
  return Buffer.concat([header, Buffer.alloc((32 - (header.length % 32)) % 32)]);
}

/** What every model has, of a kind that the engine knows. */
export const sampleEntries: readonly GgufEntry[] = [
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['general.name', { type: 'string', value: 'Sample' }],
  ['general.file_type', { type: 'uint32', value: 3 }],
  ['llama.context_length', { type: 'uint32', value: 2048 }],
  ['tokenizer.ggml.tokens', { type: 'strings', values: ['a', 'bc', 'def'] }],
];

/** A right file of exactly so many bytes: a header and one tensor with this content. */
export function toGguf(dataBytes: Buffer, entries: readonly GgufEntry[] = sampleEntries): Buffer {
  const tensor = { name: 'a', dimensions: [dataBytes.length], type: 24, offset: 0 };
  return Buffer.concat([toGgufHeader({ entries, tensors: [tensor] }), dataBytes]);
}

function toTensorInfo({ name, dimensions, type, offset }: SampleTensor): Buffer {
  return Buffer.concat([
    text(name),
    uint32(dimensions.length),
    ...dimensions.map(uint64),
    uint32(type),
    uint64(offset),
  ]);
}

function toValue(value: GgufEntryValue): Buffer {
  switch (value.type) {
    case 'uint32':
      return Buffer.concat([uint32(4), uint32(value.value)]);
    case 'float32':
      return Buffer.concat([uint32(6), float32(value.value)]);
    case 'string':
      return Buffer.concat([uint32(8), text(value.value)]);
    case 'strings':
      return Buffer.concat([uint32(9), uint32(8), uint64(value.values.length), ...value.values.map(text)]);
    case 'uint32s':
      return Buffer.concat([uint32(9), uint32(4), uint64(value.values.length), ...value.values.map(uint32)]);
  }
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

export function uint64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function text(value: string): Buffer {
  return Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)]);
}
