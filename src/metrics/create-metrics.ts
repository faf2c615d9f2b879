// The metrics of one server. Nothing is counted before this is called, and two servers in one process share nothing.
import type { BackendLoad } from '../backend/backend.ts';
import type { UsageSink } from '../service/usage/usage-record.ts';
import type { UpstreamCall } from '../upstream/upstream-call.ts';
import { rememberByKey } from './bounded-labels.ts';
import { createMetricRegistry, type MetricRegistry } from './create-registry.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { createUpstreamMetrics, type MeasuredUpstream } from './upstream-metrics.ts';

export interface MetricsOptions {
  /** Of Gravix. */
  readonly version: string;
  /** Also count by the names of keys, the first `keyNameLabelsMax` of them. */
  readonly hasKeyNames: boolean;
  /** Also measure this process: processor time, memory, descriptors, event loop. */
  readonly hasProcessMetrics: boolean;
}

/** Where figures come from that are read when the metrics are. */
export interface MetricSources {
  models(): readonly MeasuredModel[];
  places(): readonly MeasuredPlace[];
  /** Models in memory. */
  loadedModels(): number;
  isDatabaseAnswering(): boolean;
  waitingRows(): number;
  /** When the request of the oldest waiting row ended, in milliseconds since 1970; undefined: none waits. */
  oldestEndedAtMs(): number | undefined;
}

export interface MeasuredModel {
  readonly name: string;
  readonly load: BackendLoad;
}

export interface MeasuredPlace {
  readonly modelName: string;
  readonly deploymentName: string;
  readonly placeName: string;
  readonly isOpen: boolean;
}

export type MeasuredModelEvent = 'loaded' | 'load-failed' | 'pulling' | 'pulled' | 'pull-failed';

export interface Metrics {
  readonly contentType: string;
  readText(): Promise<string>;
  readonly sink: UsageSink;
  noteEarlyRefusal(): void;
  /** @param route the pattern of its URL, never the URL */
  noteAnswer(route: string, status: number): void;
  noteUpstreamCall(upstream: MeasuredUpstream, call: UpstreamCall): void;
  /** Events of other types are ignored. */
  noteModelEvent(event: { readonly type: string; readonly model: string }): void;
  noteEngineCrash(modelName: string): void;
  /** Once, when the server has its parts. */
  readFrom(sources: MetricSources): void;
}

export function createMetrics({ version, hasKeyNames, hasProcessMetrics }: MetricsOptions): Metrics {
  const registry = createMetricRegistry({ hasProcessMetrics });
  const requests = createRequestMetrics(registry, { hasKeyNames });
  const findAnswers = rememberByKey((route: string, status: number) =>
    registry.counter('gravix_http_responses_total', { route, status }),
  );
  const findRestarts = rememberByKey((model: string) =>
    registry.counter('gravix_engine_restarts_total', { model }),
  );
  const noteModelEvent = createModelEventMetrics(registry);
  registry.gauge('gravix_build_info', () => [
    { labels: { version, node_version: process.versions.node }, value: 1 },
  ]);
  return {
    contentType: registry.contentType,
    readText: () => registry.readText(),
    sink: requests.sink,
    noteEarlyRefusal: requests.noteEarlyRefusal,
    noteAnswer: (route, status) => findAnswers(`${status} ${route}`, route, status).add(),
    noteUpstreamCall: createUpstreamMetrics(registry),
    noteModelEvent: (event) => {
      // Prometheus sees no increase in a series that begins with its first crash.
      if (event.type === 'loaded') findRestarts(event.model, event.model);
      noteModelEvent(event.type);
    },
    noteEngineCrash: (modelName) => findRestarts(modelName, modelName).add(),
    readFrom: (sources) => addGauges(registry, sources),
  };
}

function createModelEventMetrics(registry: MetricRegistry): (type: string) => void {
  const count = (name: 'gravix_model_loads_total' | 'gravix_pulls_total', result: string) =>
    registry.counter(name, { result });
  const loads = {
    loaded: count('gravix_model_loads_total', 'loaded'),
    failed: count('gravix_model_loads_total', 'failed'),
  };
  const pulls = {
    pulled: count('gravix_pulls_total', 'pulled'),
    failed: count('gravix_pulls_total', 'failed'),
  };
  let pulling = 0;
  registry.gauge('gravix_pulls_running', () => [{ labels: {}, value: pulling }]);
  const effects: Readonly<Record<MeasuredModelEvent, () => void>> = {
    loaded: () => loads.loaded.add(),
    'load-failed': () => loads.failed.add(),
    pulling: () => {
      pulling += 1;
    },
    pulled: () => {
      pulls.pulled.add();
      pulling -= 1;
    },
    'pull-failed': () => {
      pulls.failed.add();
      pulling -= 1;
    },
  };
  return (type) => {
    if (Object.hasOwn(effects, type)) effects[type as MeasuredModelEvent]();
  };
}

function addGauges(registry: MetricRegistry, sources: MetricSources): void {
  const addOfModels = (
    name:
      | 'gravix_requests_running'
      | 'gravix_requests_waiting'
      | 'gravix_slots'
      | 'gravix_kv_cache_usage_ratio',
    read: (load: BackendLoad) => number | undefined,
  ) =>
    registry.gauge(name, () =>
      sources.models().flatMap(({ name: model, load }) => {
        const value = read(load);
        return value === undefined ? [] : [{ labels: { model }, value }];
      }),
    );
  addOfModels('gravix_requests_running', ({ running }) => running);
  addOfModels('gravix_requests_waiting', ({ waiting }) => waiting);
  addOfModels('gravix_slots', ({ slots }) => slots);
  addOfModels('gravix_kv_cache_usage_ratio', ({ cacheUse }) => cacheUse);
  registry.gauge('gravix_breaker_open', () =>
    sources.places().map(({ modelName, deploymentName, placeName, isOpen }) => ({
      labels: { model: modelName, deployment: deploymentName, place: placeName },
      value: Number(isOpen),
    })),
  );
  registry.gauge('gravix_models_loaded', () => [{ labels: {}, value: sources.loadedModels() }]);
  registry.gauge('gravix_database_up', () => [{ labels: {}, value: Number(sources.isDatabaseAnswering()) }]);
  registry.gauge('gravix_ledger_waiting_rows', () => [{ labels: {}, value: sources.waitingRows() }]);
  registry.gauge('gravix_ledger_lag_seconds', () => {
    const endedAtMs = sources.oldestEndedAtMs();
    return [{ labels: {}, value: endedAtMs === undefined ? 0 : Math.max(0, Date.now() - endedAtMs) / 1000 }];
  });
}
