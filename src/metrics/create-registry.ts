import { Counter, collectDefaultMetrics, Gauge, type LabelValues, Registry } from 'prom-client';
import { KeptHistogram } from './kept-histogram.ts';
import { type MetricName, type MetricShape, metricShapes } from './metric-names.ts';

type NameOf<Kind extends string> = {
  [Name in MetricName]: (typeof metricShapes)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

export type HistogramName = NameOf<'histogram'>;
export type CounterName = NameOf<'counter'>;
export type GaugeName = NameOf<'gauge'>;

/** Adds to one combination of labels. */
export interface CounterSeries {
  add(amount?: number): void;
}

export interface GaugeValue {
  readonly labels: LabelValues<string>;
  readonly value: number;
}

/** The metrics of one server, by their names. */
export interface MetricRegistry {
  readonly contentType: string;
  readText(): Promise<string>;
  histogram(name: HistogramName): KeptHistogram;
  /** Keep the series: each call makes another one. */
  counter(name: CounterName, labels?: LabelValues<string>): CounterSeries;
  /** `read` is asked when the metrics are read. */
  gauge(name: GaugeName, read: () => readonly GaugeValue[]): void;
}

interface KeptCount {
  readonly labels: LabelValues<string>;
  count: number;
}

/** @param options.hasProcessMetrics also those of this process: processor time, memory, descriptors, event loop */
export function createMetricRegistry({
  hasProcessMetrics,
}: {
  readonly hasProcessMetrics: boolean;
}): MetricRegistry {
  const registry = new Registry();
  if (hasProcessMetrics) collectDefaultMetrics({ register: registry });
  const histograms = new Map<string, KeptHistogram>();
  const counts = new Map<string, KeptCount[]>();
  for (const [name, shape] of Object.entries<MetricShape>(metricShapes)) {
    if (shape.kind === 'histogram') histograms.set(name, createHistogram(name, shape, registry));
    if (shape.kind === 'counter') counts.set(name, createCounts(name, shape, registry));
  }
  return {
    contentType: registry.contentType,
    readText: () => registry.metrics(),
    histogram: (name) => find(histograms, name),
    counter: (name, labels = {}) => {
      const kept: KeptCount = { labels, count: 0 };
      find(counts, name).push(kept);
      return {
        add: (amount = 1) => {
          kept.count += amount;
        },
      };
    },
    gauge: (name, read) => {
      const { help, labels } = metricShapes[name];
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        collect() {
          this.reset();
          for (const { labels: own, value } of read()) this.set(own, value);
        },
      });
    },
  };
}

function createHistogram(name: string, { help, labels, buckets = [] }: MetricShape, registry: Registry) {
  return new KeptHistogram({ name, help, labelNames: labels, buckets, registry });
}

/** The counts that prom-client is told when the metrics are read: its own additions look up the labels each time. */
function createCounts(name: string, { help, labels }: MetricShape, registry: Registry): KeptCount[] {
  const kept: KeptCount[] = [];
  new Counter({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels: own, count } of kept) this.inc(own, count);
    },
  });
  return kept;
}

function find<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`No metric is called ${name}.`);
  return value;
}
