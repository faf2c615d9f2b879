import { isDeepStrictEqual } from 'node:util';
import { type Config, type Settings, settingNames } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import { AliasError } from '../gateway/router.ts';
import { type ConfigChange, ConfigRefusal } from '../service/config-reload.ts';
import { RefusedAddressError } from '../upstream-rules/refused-addresses.ts';
import { findCurrency, type ModelPrices } from './model-prices.ts';
import type { ServedModels } from './served-models.ts';

/** The settings that change while the server runs. */
export const reloadable: ReadonlySet<keyof Settings> = new Set(['upstreams', 'models', 'aliases']);

export interface ConfigReloaderOptions {
  /** The configuration of the start. */
  readonly config: Config;
  /** Reads it again, from the same sources. Throws `ConfigError`. */
  readonly load: () => Config;
  readonly served: Pick<ServedModels, 'apply' | 'installed'>;
  readonly prices: ModelPrices;
}

export interface ConfigReloader {
  /** As it holds now. */
  current(): Config;
  /** Reads the configuration and applies it, all of it or nothing. Throws `ConfigRefusal`. */
  reload(): Promise<ConfigChange>;
}

export function createConfigReloader(options: ConfigReloaderOptions): ConfigReloader {
  const { load, served, prices } = options;
  const started = options.config;
  let current = started;
  const reload = async () => {
    const read = loadOrRefuse(load);
    // Everything else stays as it was at the start.
    const { upstreams, upstreamKeys, models, aliases } = read;
    const settingOrigins = joinOrigins(started, read);
    const next: Config = { ...started, upstreams, upstreamKeys, models, aliases, settingOrigins };
    assertSameCurrency(current, next);
    await served.installed.refresh();
    try {
      served.apply(next);
    } catch (error) {
      const isRefusal = error instanceof AliasError || error instanceof RefusedAddressError;
      throw isRefusal ? new ConfigRefusal([error.message]) : error;
    }
    prices.replace(models);
    const change = { changed: listChanges(current, next), needsRestart: listRestarts(started, read) };
    current = next;
    return change;
  };
  return { current: () => current, reload };
}

function joinOrigins(started: Config, read: Config): Config['settingOrigins'] {
  const isReloadable = ([name]: [string, unknown]) => (reloadable as ReadonlySet<string>).has(name);
  const kept = [...started.settingOrigins].filter((entry) => !isReloadable(entry));
  return new Map([...kept, ...[...read.settingOrigins].filter(isReloadable)]);
}

function loadOrRefuse(load: () => Config): Config {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigRefusal(error.problems.map(({ message }) => message));
  }
}

/** Sums of the ledger have no currency of their own. */
function assertSameCurrency({ models }: Config, next: Config): void {
  const [before, after] = [findCurrency(models), findCurrency(next.models)];
  if (before === undefined || after === undefined || before === after) return;
  throw new ConfigRefusal([`The currency of prices can't change from ${before} to ${after}.`]);
}

function listChanges(before: Config, after: Config): readonly string[] {
  return [
    ...listDifferences('upstreams', toKeyed(before), toKeyed(after)),
    ...listDifferences('models', byName(before), byName(after)),
    ...(isDeepStrictEqual(before.aliases, after.aliases) ? [] : ['aliases']),
  ];
}

/** With the keys, so that a new key is a change. Only names leave this function. */
function toKeyed({ upstreams, upstreamKeys }: Config): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(upstreams).map(([name, upstream]) => [name, [upstream, upstreamKeys.get(name)]]),
  );
}

function byName({ models }: Config): Readonly<Record<string, unknown>> {
  return Object.fromEntries(models.map((model) => [model.name, model]));
}

function listDifferences(
  prefix: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((name) => `${prefix}.${name}`);
}

function listRestarts(started: Config, read: Config): readonly string[] {
  return settingNames.filter(
    (name) => !reloadable.has(name) && !isDeepStrictEqual(started[name], read[name]),
  );
}
