import type { Worker } from 'node:worker_threads';
import { startThread } from '../threads/start-thread.ts';

/** Megabytes of stack: the code generator goes down once for each level of a schema. */
const stackMb = 16;

/** Megabytes of the heap for what lives shortly. */
const youngMb = 16;

export function startGrammarThread(memoryMbMax: number): Worker {
  return startThread(
    { besideUrl: import.meta.url, fileName: 'grammar-thread' },
    {
      name: 'grammar',
      resourceLimits: {
        maxOldGenerationSizeMb: memoryMbMax,
        maxYoungGenerationSizeMb: youngMb,
        stackSizeMb: stackMb,
      },
    },
  );
}
