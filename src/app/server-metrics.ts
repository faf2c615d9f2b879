import type { Config } from '../config/config.ts';
import { createMetrics, type Metrics } from '../metrics/create-metrics.ts';
import type { StoreWatch } from '../store/store-watch.ts';
import type { ServerMetering } from './metering.ts';
import type { ServedModels } from './served-models.ts';
import { readVersion } from './version.ts';

export function createServerMetrics({ metricsKeyNames }: Pick<Config, 'metricsKeyNames'>): Metrics {
  return createMetrics({ version: readVersion(), hasKeyNames: metricsKeyNames, hasProcessMetrics: true });
}

/** Connects the metrics with the parts of the server whose state they show. */
export function readMetricsFrom(
  metrics: Metrics,
  served: Pick<ServedModels, 'current' | 'listPlaces' | 'pool'>,
  { writer }: Pick<ServerMetering, 'writer'>,
  watch: Pick<StoreWatch, 'failure'>,
): void {
  metrics.readFrom({
    models: () => served.current().map(({ name, backend }) => ({ name, load: backend.load() })),
    places: () => served.listPlaces(),
    loadedModels: () => served.pool.list().length,
    isDatabaseAnswering: () => watch.failure === undefined,
    waitingRows: () => writer.waitingRows(),
    oldestEndedAtMs: () => writer.oldestEndedAtMs(),
  });
}
