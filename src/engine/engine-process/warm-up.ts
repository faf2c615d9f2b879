import type { NativeContext } from './binding.ts';
import { threadLevels, type WarmUpCosts } from './thread-governor.ts';

/** A piece as the pacer would cut it: small enough for a slow machine. */
const pieceTokens = 32;

export interface WarmUp {
  /** For the governor: what a token costs with each number of threads. */
  readonly costs: WarmUpCosts;
  /** For the pacer: what a piece of a prompt costs with all threads. */
  readonly piece: { readonly prefillTokens: number; readonly decodeTokens: 0; readonly elapsedMs: number };
}

/**
 * Decodes a few tokens before the first request: the model's pages and the compute buffers come into memory,
 * and governor and pacer learn what steps cost.
 */
export async function warmUp(context: NativeContext, threadsMax: number): Promise<WarmUp> {
  await decode(context, pieceTokens);
  const elapsedMs = await decode(context, pieceTokens);
  const costs: number[] = [];
  for (const threads of threadLevels(threadsMax)) {
    context.setThreads(threads);
    costs.push(await decode(context, 1));
  }
  context.setThreads(threadsMax);
  return { costs, piece: { prefillTokens: pieceTokens, decodeTokens: 0, elapsedMs } };
}

/** Which tokens they are does not matter: nobody looks at what comes out. */
async function decode(context: NativeContext, tokens: number): Promise<number> {
  context.initBatch(tokens);
  context.addToBatch(0, 0, new Uint32Array(tokens), Uint32Array.of(tokens - 1));
  const startedAtMs = performance.now();
  await context.decodeBatch();
  const elapsedMs = performance.now() - startedAtMs;
  context.disposeSequence(0);
  return elapsedMs;
}
