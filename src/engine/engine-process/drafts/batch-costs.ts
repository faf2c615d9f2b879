// Estimates how much longer a step takes with more tokens.
//
// The time of a step depends on its tokens and on the load of the machine. So only consecutive steps of
// different sizes are compared. A busy minute, in which all steps take longer, then does not make drafts look
// expensive forever.

export interface BatchCosts {
  /** The time of a step with `tokens + more` tokens, relative to a step with `tokens`. */
  growth(threads: number, tokens: number, more: number): number;
  /** Reports the decode time of a step without prompts. */
  record(threads: number, tokens: number, elapsedMs: number): void;
}

export interface MeasuredCosts {
  readonly threadsMax: number;
  /** With all threads, in milliseconds. */
  readonly oneTokenMs: number;
  readonly piece: { readonly tokens: number; readonly elapsedMs: number };
}

/** Tokens of the steps whose costs are known; between them they grow evenly. */
const sizes = [1, 2, 4, 8, 16, 32, 64] as const;
/** The weight of one comparison in the estimate. */
const newest = 0.15;
/** A step that was held up says nothing of its size. */
const surpriseMax = 2;

export function createBatchCosts(measured: MeasuredCosts): BatchCosts {
  const byThreads = new Map<number, ReturnType<typeof createCosts>>();
  const costsOf = (threads: number) => {
    const known = byThreads.get(threads) ?? createCosts(measured, threads);
    byThreads.set(threads, known);
    return known;
  };
  return {
    growth: (threads, tokens, more) => costsOf(threads).growth(tokens, more),
    record: (threads, tokens, elapsedMs) => costsOf(threads).record(tokens, elapsedMs),
  };
}

function createCosts({ threadsMax, oneTokenMs, piece }: MeasuredCosts, threads: number) {
  // Fetching the weights takes as long with any number of threads, and computing is shared by them.
  const perTokenMs =
    (Math.max(0, piece.elapsedMs - oneTokenMs) / Math.max(1, piece.tokens - 1)) * (threadsMax / threads);
  const costs = sizes.map((size) => oneTokenMs + perTokenMs * (size - 1));
  let last = { tokens: 0, elapsedMs: 0 };
  const estimate = (tokens: number) => {
    const above = sizes.findIndex((size) => size >= tokens);
    const upper = Math.max(1, above === -1 ? sizes.length - 1 : above);
    const [sizeFrom = 1, sizeTo = 2] = sizes.slice(upper - 1, upper + 1);
    const [costFrom = 1, costTo = 1] = costs.slice(upper - 1, upper + 1);
    return costFrom + ((costTo - costFrom) * (tokens - sizeFrom)) / (sizeTo - sizeFrom);
  };
  const growth = (tokens: number, more: number) => estimate(tokens + more) / estimate(tokens);
  return {
    growth,
    record: (tokens: number, elapsedMs: number) => {
      const [small, big] = [last, { tokens, elapsedMs }].sort((a, b) => a.tokens - b.tokens);
      last = { tokens, elapsedMs };
      if (small === undefined || big === undefined || small.tokens === 0) return;
      const at = toNearestSize(big.tokens);
      if (at === toNearestSize(small.tokens)) return;
      const ratio = big.elapsedMs / small.elapsedMs / growth(small.tokens, big.tokens - small.tokens);
      const surprise = Math.min(Math.max(ratio, 1 / surpriseMax), surpriseMax);
      costs[at] = (costs[at] ?? 0) * surprise ** newest;
    },
  };
}

function toNearestSize(tokens: number): number {
  return sizes.findLastIndex((size, index) => index === 0 || tokens > size / Math.SQRT2);
}
