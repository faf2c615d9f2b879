import type { Config } from '../config/config.ts';
import { createUsageReports, type UsageReports } from '../service/usage/usage-reports.ts';
import { toCurrency } from './model-prices.ts';
import { commandBusyTimeoutMs, openStores } from './open-stores.ts';

/** The ledger, for commands that read it. */
export interface OpenedUsage {
  readonly reports: UsageReports;
  /** Of all costs. */
  readonly currency: string;
  /** Names by the ids of keys that are not deleted. */
  listKeyNames(): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

/** @throws StoreError */
export async function openUsage(config: Config): Promise<OpenedUsage> {
  const { usageRetentionDays } = config;
  const stores = await openStores(config, { busyTimeoutMs: commandBusyTimeoutMs });
  return {
    reports: createUsageReports({
      store: stores.reports,
      usageRetentionDays,
      aliases: () => config.aliases,
      now: Date.now,
    }),
    currency: toCurrency(config.models),
    listKeyNames: async () => new Map((await stores.keys.list()).map(({ id, name }) => [id, name])),
    close: () => stores.close(),
  };
}
