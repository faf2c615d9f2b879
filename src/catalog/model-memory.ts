import { readMachineMemoryBytes } from './assert-model-fits.ts';

/** Share of the machine's memory that models may have where the operator sets no limit. */
const memoryShareDefault = 0.8;

/** Memory that all loaded models may take together, in bytes; `modelMemoryBytesMax` is the operator's limit. */
export function readModelMemoryBytes(modelMemoryBytesMax: number | undefined): number {
  return modelMemoryBytesMax ?? Math.floor(readMachineMemoryBytes() * memoryShareDefault);
}
