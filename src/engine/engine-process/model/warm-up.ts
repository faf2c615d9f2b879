import type { NativeContext } from './binding.ts';

/** A piece as the pacer would cut it: small enough for a slow machine. */
const pieceTokens = 32;

export interface WarmUp {
  /** For the pacer: what a piece of a prompt costs. */
  readonly piece: { readonly prefillTokens: number; readonly decodeTokens: 0; readonly elapsedMs: number };
  readonly oneTokenMs: number;
  /** Whether a sequence can be cut back without starting over. */
  readonly canCut: boolean;
}

/**
 * Decodes a few tokens before the first request: the model's pages and the compute buffers come into memory, and the
 * pacer learns what a piece costs.
 */
export async function warmUp(context: NativeContext): Promise<WarmUp> {
  const { canCut } = await decode(context, pieceTokens);
  const { elapsedMs } = await decode(context, pieceTokens);
  // Twice: the first one pays for what it is the first to need.
  await decode(context, 1);
  const { elapsedMs: oneTokenMs } = await decode(context, 1);
  return { piece: { prefillTokens: pieceTokens, decodeTokens: 0, elapsedMs }, oneTokenMs, canCut };
}

/** Any tokens will do, because the results are not used. */
async function decode(
  context: NativeContext,
  tokens: number,
): Promise<{ elapsedMs: number; canCut: boolean }> {
  context.initBatch(tokens);
  context.addToBatch(0, 0, new Uint32Array(tokens), Uint32Array.of(tokens - 1));
  const startedAtMs = performance.now();
  await context.decodeBatch();
  const elapsedMs = performance.now() - startedAtMs;
  const canCut = context.removeTokenCellsFromSequence(0, tokens - 1, -1);
  context.disposeSequence(0);
  return { elapsedMs, canCut };
}
