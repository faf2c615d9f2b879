import type { NativeContext } from './binding.ts';
import { threadLevels, type WarmUpCosts } from './thread-governor.ts';

/** Any token does: what it says is never looked at. */
const someToken = 0;

/**
 * Decodes a few tokens before the first request: the model's pages come into memory, and the governor learns what a
 * token costs with each number of threads.
 */
export async function warmUp(context: NativeContext, threadsMax: number): Promise<WarmUpCosts> {
  await decodeOne(context);
  const costs: number[] = [];
  for (const threads of threadLevels(threadsMax)) {
    context.setThreads(threads);
    costs.push(await decodeOne(context));
  }
  context.setThreads(threadsMax);
  return costs;
}

async function decodeOne(context: NativeContext): Promise<number> {
  context.initBatch(1);
  context.addToBatch(0, 0, Uint32Array.of(someToken), new Uint32Array());
  const startedAtMs = performance.now();
  await context.decodeBatch();
  const elapsedMs = performance.now() - startedAtMs;
  context.disposeSequence(0);
  return elapsedMs;
}
