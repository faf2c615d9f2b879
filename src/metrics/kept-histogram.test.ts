import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { KeptHistogram } from './kept-histogram.ts';

const shape = { name: 'some_seconds', help: 'Some.', labelNames: ['model', 'error_type'] };
const buckets = [0.1, 1, 10];

/** As prom-client writes the same observations. */
async function writeWithPromClient(observed: readonly [Record<string, string>, number][]): Promise<string> {
  const registry = new Registry();
  const histogram = new Histogram({ ...shape, buckets, registers: [registry] });
  for (const [labels, value] of observed) histogram.observe(labels, value);
  return await registry.metrics();
}

test('it writes what a histogram of prom-client writes', async () => {
  const registry = new Registry();
  const histogram = new KeptHistogram({ ...shape, buckets, registry });
  const good = { model: 'a "quoted" \\ name\n' };
  const bad = { model: 'b', error_type: 'timeout' };
  const series = { good: histogram.createSeries(good), bad: histogram.createSeries(bad) };
  const values = [0, 0.05, 0.1, 0.1001, 1, 5, 10, 10.5, 1000];
  for (const value of values) series.good.observe(value);
  series.bad.observe(0.25, 3);
  const observed: [Record<string, string>, number][] = [
    ...values.map((value): [Record<string, string>, number] => [good, value]),
    [bad, 0.25],
    [bad, 0.25],
    [bad, 0.25],
  ];
  expect(await registry.metrics()).toBe(await writeWithPromClient(observed));
});

test('its figures as objects are those of its text', async () => {
  const registry = new Registry();
  const histogram = new KeptHistogram({ ...shape, buckets, registry });
  histogram.createSeries({ model: 'a' }).observe(0.5);
  const { values } = await histogram.get();
  expect(values).toContainEqual({
    labels: { le: 1, model: 'a' },
    value: 1,
    metricName: 'some_seconds_bucket',
  });
});
