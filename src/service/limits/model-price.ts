/** The price of a model's tokens, in billionths of the currency per million tokens, and of its machine time. */
export interface ModelPrice {
  readonly inputNano: number;
  /** Of prompt tokens that were in the prompt cache. */
  readonly cachedInputNano: number;
  readonly outputNano: number;
  /** Of an hour in which the model works; 0 by default. */
  readonly perHourNano?: number;
  /** Three capital letters, such as `USD`. */
  readonly currency: string;
  /**
   * Of the deployments of a model, by name, where they have prices of their own. The others here are then the highest
   * of them, for what is reserved before a deployment is chosen.
   */
  readonly ofDeployments?: ReadonlyMap<string, ModelPrice>;
}

/** The price at the deployment that served; the highest, where that is not known. */
export function toServedPrice(price: ModelPrice, deployment: string | undefined): ModelPrice {
  return (deployment === undefined ? undefined : price.ofDeployments?.get(deployment)) ?? price;
}

/** Whatever deployment serves, no part of its price is higher. */
export function toHighestPrice(currency: string, ofDeployments: ReadonlyMap<string, ModelPrice>): ModelPrice {
  const prices = [...ofDeployments.values()];
  return {
    inputNano: Math.max(0, ...prices.map(({ inputNano }) => inputNano)),
    cachedInputNano: Math.max(0, ...prices.map(({ cachedInputNano }) => cachedInputNano)),
    outputNano: Math.max(0, ...prices.map(({ outputNano }) => outputNano)),
    perHourNano: Math.max(0, ...prices.map(({ perHourNano = 0 }) => perHourNano)),
    currency,
    ofDeployments,
  };
}

/** What one deployment did for a request. */
export interface ServedCounts extends PricedCounts {
  readonly deployment: string | undefined;
}

/** Billionths of the currency, each deployment at its own price. */
export function toServedCostNano(price: ModelPrice, served: readonly ServedCounts[]): number {
  return served.reduce(
    (sum, { deployment, ...counts }) => sum + toCostNano(toServedPrice(price, deployment), counts),
    0,
  );
}

export interface PricedCounts {
  readonly promptTokens: number;
  /** Part of `promptTokens`. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** The share of the model's time, in milliseconds; 0 by default. */
  readonly machineMs?: number;
}

const pricedTokens = 1_000_000n;

/** Billionths of the currency, rounded up: a number holds them exactly. */
export function toCostNano(price: ModelPrice, counts: PricedCounts): number {
  const { inputNano, cachedInputNano, outputNano } = price;
  const { promptTokens, cachedTokens, completionTokens, machineMs = 0 } = counts;
  const cached = BigInt(Math.min(cachedTokens, promptTokens));
  const cost =
    (BigInt(promptTokens) - cached) * BigInt(inputNano) +
    cached * BigInt(cachedInputNano) +
    BigInt(completionTokens) * BigInt(outputNano);
  return Number((cost + pricedTokens - 1n) / pricedTokens) + toMachineCostNano(price, machineMs);
}

const hourMs = 3_600_000;

/** Billionths of the currency for a share of the model's time, rounded up. */
export function toMachineCostNano({ perHourNano = 0 }: ModelPrice, machineMs: number): number {
  return Math.ceil(perHourNano * (machineMs / hourMs));
}

/** Billionths in a unit of a currency. */
export const nanoPerUnit = 1e9;

/** Prices in the currency itself, for answers: the ledger has billionths. */
export function toCostOf(price: ModelPrice): (counts: PricedCounts) => number {
  return (counts) => toCostNano(price, counts) / nanoPerUnit;
}

/** The most that these tokens may come to cost, whatever of the prompt is in the cache. */
export function toCostMaxNano(price: ModelPrice, promptTokens: number, completionTokens: number): number {
  const inputNano = Math.max(price.inputNano, price.cachedInputNano);
  const counts = { promptTokens, cachedTokens: 0, completionTokens };
  return toCostNano({ ...price, inputNano }, counts);
}

/** Completion tokens that fit into an amount after the prompt is paid; below 0: not even that. */
export function toAffordableTokens(price: ModelPrice, promptTokens: number, amountNano: number): number {
  const left = amountNano - toCostMaxNano(price, promptTokens, 0);
  if (left < 0) return -1;
  if (price.outputNano === 0) return Number.MAX_SAFE_INTEGER;
  // The prompt's part of a billionth, which was rounded up, may be missing: one token less is on the safe side.
  const tokens = Number((BigInt(left) * pricedTokens) / BigInt(price.outputNano));
  return toCostMaxNano(price, promptTokens, tokens) <= amountNano ? tokens : tokens - 1;
}

export interface PriceList {
  /** undefined: no price is set for the model. */
  find(modelName: string, deploymentName: string): ModelPrice | undefined;
}

export function createPriceList(prices: ReadonlyMap<string, ModelPrice>): PriceList {
  return { find: (modelName, deploymentName) => prices.get(modelName) ?? prices.get(deploymentName) };
}
