/** Memory that a running model takes for each byte of its weights: they themselves, its contexts, its work. */
const memoryPerWeight = 1.25;

/** Whether a model with weights of this size should run in this much memory, roughly: the engine measures it at the load. */
export function fitsMemory(weightBytes: number, memoryBytes: number): boolean {
  return weightBytes * memoryPerWeight <= memoryBytes;
}
