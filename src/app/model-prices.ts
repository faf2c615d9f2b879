import type { Config } from '../config/config.ts';
import type { PriceSettings } from '../config/price-settings.ts';
import {
  createPriceList,
  type ModelPrice,
  nanoPerUnit,
  type PriceList,
  toHighestPrice,
} from '../service/limits/model-price.ts';
import { toDeploymentName } from './upstreams/deployment-name.ts';

/** The prices of the configuration, which a reload replaces. */
export interface ModelPrices {
  readonly list: PriceList;
  replace(models: Config['models']): void;
}

export function createModelPrices(models: Config['models']): ModelPrices {
  let current = createPriceList(toPrices(models));
  return {
    list: { find: (modelName, deploymentName) => current.find(modelName, deploymentName) },
    replace: (next) => {
      current = createPriceList(toPrices(next));
    },
  };
}

/** Without prices every cost is 0. */
const currencyDefault = 'USD';

/** All prices have one currency. */
export function toCurrency(models: Config['models']): string {
  return findCurrency(models) ?? currencyDefault;
}

/** Undefined: there are no prices. */
export function findCurrency(models: Config['models']): string | undefined {
  const prices = models.flatMap(({ price, deployments = [] }) => [
    price,
    ...deployments.map((deployment) => deployment.price),
  ]);
  return prices.find((price) => price !== undefined)?.currency;
}

function toPrices(models: Config['models']): ReadonlyMap<string, ModelPrice> {
  const currency = toCurrency(models);
  return new Map(
    models.flatMap((model): [string, ModelPrice][] => {
      const { name, price, deployments = [] } = model;
      const own = deployments.filter((deployment) => deployment.price !== undefined);
      if (own.length === 0) return price === undefined ? [] : [[name, toModelPrice(price)]];
      const ofDeployments = new Map(
        deployments.map((deployment) => [
          toDeploymentName(name, deployment),
          toModelPrice(deployment.price ?? price ?? { currency }),
        ]),
      );
      return [[name, toHighestPrice(currency, ofDeployments)]];
    }),
  );
}

function toModelPrice(price: PriceSettings): ModelPrice {
  const { input = 0, cachedInput = input, output = 0, perHour = 0, currency } = price;
  return {
    inputNano: toNano(input),
    cachedInputNano: toNano(cachedInput),
    outputNano: toNano(output),
    perHourNano: toNano(perHour),
    currency,
  };
}

function toNano(amount: number): number {
  return Math.round(amount * nanoPerUnit);
}
