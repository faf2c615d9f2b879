import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type MetricShape, metricShapes } from './metric-names.ts';

const shapes = Object.entries<MetricShape>(metricShapes);

/** Name, kind and unit as the conventions have them, v0.1.0. */
const conventions = [
  ['gen_ai.server.request.duration', 'histogram', 'seconds'],
  ['gen_ai.server.time_to_first_token', 'histogram', 'seconds'],
  ['gen_ai.server.time_per_output_token', 'histogram', 'seconds'],
  ['gen_ai.client.inference.duration', 'histogram', 'seconds'],
  ['gen_ai.client.inference.time_to_first_chunk', 'histogram', 'seconds'],
  ['gen_ai.client.inference.time_per_output_chunk', 'histogram', 'seconds'],
  ['gen_ai.client.inference.usage.input_tokens', 'counter', 'total'],
  ['gen_ai.client.inference.usage.output_tokens', 'counter', 'total'],
  ['gen_ai.client.inference.usage.cache_read.input_tokens', 'counter', 'total'],
  ['gen_ai.client.inference.usage.reasoning.output_tokens', 'counter', 'total'],
] as const;

test('the names of the conventions are written as a collector writes them for Prometheus', () => {
  const named = conventions.map(([name, kind, unit]) => [`${name.replaceAll('.', '_')}_${unit}`, kind]);
  const ours = shapes.filter(([name]) => name.startsWith('gen_ai_')).map(([name, { kind }]) => [name, kind]);
  expect(ours.sort()).toEqual(named.sort());
});

test('every other name is ours, ends with its unit, and says what it counts', () => {
  const units = /_(?:seconds|total|ratio|running|waiting|slots|loaded|open|up|rows|info)$/;
  for (const [name, { kind, help }] of shapes) {
    expect(name).toMatch(/^(?:gen_ai|gravix)_[a-z_]+$/);
    expect(name).toMatch(units);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(help).toMatch(/^[A-Z].*\.$|^Always/);
  }
});

test('histograms have buckets in order, and nothing else has any', () => {
  for (const [name, { kind, buckets }] of shapes) {
    expect(buckets !== undefined, name).toBe(kind === 'histogram');
    if (buckets !== undefined) expect([...buckets].sort((one, other) => one - other)).toEqual(buckets);
  }
});

test('no label can hold the text of a user', () => {
  const labels = new Set(shapes.flatMap(([, { labels: names }]) => names));
  expect([...labels].sort()).toEqual(
    [
      'deployment',
      'error_type',
      'gen_ai_operation_name',
      'gen_ai_provider_name',
      'gen_ai_request_model',
      'key_name',
      'model',
      'node_version',
      'place',
      'reason',
      'result',
      'route',
      'status',
      'upstream',
      'version',
    ].sort(),
  );
});

test('the guide has every metric, and no other', () => {
  const path = join(import.meta.dirname, '..', '..', 'docs', 'guides', 'operations.md');
  const named = readFileSync(path, 'utf8').matchAll(/`((?:gen_ai|gravix)_[a-z_]+)`/g);
  expect([...new Set([...named].map(([, name]) => name))].sort()).toEqual(Object.keys(metricShapes).sort());
});
