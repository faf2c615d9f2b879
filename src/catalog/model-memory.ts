import { readMachineMemoryBytes } from './assert-model-fits.ts';

/** Share of the machine's memory for models if the operator sets no limit. */
const memoryShareDefault = 0.8;

/** Maximum memory of all loaded models in bytes. `modelMemoryBytesMax` is the operator's limit. */
export function readModelMemoryBytes(modelMemoryBytesMax: number | undefined): number {
  return modelMemoryBytesMax ?? Math.floor(readMachineMemoryBytes() * memoryShareDefault);
}
