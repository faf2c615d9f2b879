import type { NativeContext } from './binding.ts';

/** A piece as the pacer would cut it: small enough for a slow machine. */
const pieceTokens = 32;

/** For the pacer: what a piece of a prompt costs. */
export interface WarmUpPiece {
  readonly prefillTokens: number;
  readonly decodeTokens: 0;
  readonly elapsedMs: number;
}

/**
 * Decodes a few tokens before the first request: the model's pages and the compute buffers come into memory, and the
 * pacer learns what a piece costs.
 */
export async function warmUp(context: NativeContext): Promise<WarmUpPiece> {
  await decode(context, pieceTokens);
  const elapsedMs = await decode(context, pieceTokens);
  await decode(context, 1);
  return { prefillTokens: pieceTokens, decodeTokens: 0, elapsedMs };
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
