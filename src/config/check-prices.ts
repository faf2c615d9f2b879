import { type ConfigPath, type ConfigProblem, toConfigProblem } from './config-problem.ts';
import { priceRange } from './price-settings.ts';
import { type RawMapping, toRawList, toRawMapping } from './raw-config.ts';

interface PlacedPrice {
  readonly path: ConfigPath;
  readonly price: RawMapping;
}

/** Both prices of tokens or none, some price at all, and one currency. */
export function checkPrices(models: readonly RawMapping[]): readonly ConfigProblem[] {
  const prices = listPrices(models);
  return [...prices.flatMap(checkParts), ...checkCurrencies(prices)];
}

/** Of models and of their deployments. */
function listPrices(models: readonly RawMapping[]): readonly PlacedPrice[] {
  const places = models.flatMap(({ price, deployments }, at) => [
    { path: ['models', at, 'price'], price },
    ...toRawList(deployments).map((deployment, place) => ({
      path: ['models', at, 'deployments', place, 'price'],
      price: toRawMapping(deployment)['price'],
    })),
  ]);
  return places
    .filter(({ price }) => price !== undefined)
    .map(({ path, price }) => ({ path, price: toRawMapping(price) }));
}

function checkParts({ path, price }: PlacedPrice): readonly ConfigProblem[] {
  const { input, cachedInput, output, perHour } = price;
  const isPerToken = [input, cachedInput, output].some((amount) => amount !== undefined);
  if (!isPerToken && perHour === undefined)
    return [toConfigProblem(path, 'must have input and output, or perHour')];
  if (!isPerToken) return [];
  return (['input', 'output'] as const)
    .filter((name) => price[name] === undefined)
    .map((name) => toConfigProblem([...path, name], `is missing; it must be ${priceRange}`));
}

function checkCurrencies(prices: readonly PlacedPrice[]): readonly ConfigProblem[] {
  const currencies = prices
    .filter(({ price }) => Object.keys(price).length > 0)
    .map(({ path, price }) => ({ path, currency: price['currency'] ?? 'USD' }));
  const first = currencies[0]?.currency;
  return currencies
    .filter(({ currency }) => currency !== first)
    .map(({ path }) =>
      toConfigProblem([...path, 'currency'], `must be ${String(first)}: all prices have one currency`),
    );
}
