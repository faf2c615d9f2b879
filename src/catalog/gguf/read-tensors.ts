import type { GgufCursor } from './gguf-cursor.ts';
import { ModelCheckError } from './model-check-error.ts';
import { tensorTypes } from './tensor-types.ts';

/** A summary of the list of tensors. */
export interface TensorTotals {
  /** Numbers in all tensors together: the model's parameters. */
  readonly parameterCount: number;
  readonly tensorBytes: number;
  /** Where the last tensor ends, from the start of the tensor data. */
  readonly dataEnd: number;
  /** The type of most parameters, such as `Q4_K`; undefined when there are no tensors. */
  readonly mainType: string | undefined;
}

/** The largest models known have about three thousand. */
const tensorsMax = 100_000;
const nameBytesMax = 256;
/** ggml's own bound. */
const dimensionsMax = 4;

/** @throws ModelCheckError */
export async function readTensors(
  cursor: GgufCursor,
  count: number,
  alignment: number,
): Promise<TensorTotals> {
  if (count > tensorsMax) {
    throw new ModelCheckError('header_too_large', `Its header has more than ${tensorsMax} tensors.`);
  }
  const elementsOfTypes = new Map<string, number>();
  const totals = { parameterCount: 0, tensorBytes: 0, dataEnd: 0 };
  for (let index = 0; index < count; index++) {
    const tensor = await readTensor(cursor, alignment);
    totals.parameterCount += tensor.elements;
    totals.tensorBytes += tensor.sizeBytes;
    totals.dataEnd = Math.max(totals.dataEnd, tensor.offset + tensor.sizeBytes);
    elementsOfTypes.set(tensor.type, (elementsOfTypes.get(tensor.type) ?? 0) + tensor.elements);
  }
  const [main] = [...elementsOfTypes].sort(([, first], [, second]) => second - first);
  return { ...totals, mainType: main?.[0] };
}

async function readTensor(cursor: GgufCursor, alignment: number) {
  const name = await cursor.string(nameBytesMax);
  if (name === undefined) throw toDamage('a tensor whose name is too long');
  const dimensions = await cursor.uint32();
  if (dimensions > dimensionsMax) throw toDamage(`a tensor of ${dimensions} dimensions`);
  let elements = 1;
  let rowElements = 1;
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const length = await cursor.uint64();
    if (dimension === 0) rowElements = length;
    elements *= length;
  }
  const typeNumber = await cursor.uint32();
  const offset = await cursor.uint64();
  const type = tensorTypes.get(typeNumber);
  if (type === undefined) {
    throw new ModelCheckError(
      'unknown_tensor_type',
      `It has a tensor of the type number ${typeNumber}, which this engine can't compute with.`,
    );
  }
  if (!Number.isSafeInteger(elements) || elements === 0) throw toDamage('a tensor of an impossible size');
  if (rowElements % type.blockElements !== 0) throw toDamage(`a tensor that is not a whole number of blocks`);
  if (offset % alignment !== 0) throw toDamage('a tensor that is not aligned');
  const sizeBytes = (elements / type.blockElements) * type.blockBytes;
  return { elements, sizeBytes, offset, type: type.name };
}

function toDamage(what: string): ModelCheckError {
  return new ModelCheckError('damaged_header', `Its header has ${what}.`);
}
