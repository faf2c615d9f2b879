import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { loadConfig } from '../../config/load-config.ts';
import { createSecretFilter } from '../../telemetry/hide-secrets.ts';
import type { DrillReport } from '../drill/run-drill.ts';
import type { ListedUpstream } from './upstream-fleet.ts';
import { createUpstreamOverview } from './upstream-overview.ts';

const report: DrillReport = {
  deployment: 'gpu1/llama3',
  model: 'llama3',
  kind: 'vllm',
  shortened: [],
  faults: [],
  heldCount: 3,
  brokenCount: 0,
};

function loadSettings() {
  const home = createTemporaryFolder();
  writeFileSync(
    join(home, 'config.yaml'),
    [
      'upstreams: { gpu1: { kind: vllm, baseUrl: "http://127.0.0.1:1/v1" } }',
      'models: [{ name: llama3, deployments: [{ upstream: gpu1, model: llama3 }] }]',
    ].join('\n'),
  );
  return loadConfig({ environment: { GRAVIX_HOME: home }, flags: {} });
}

test('one drill runs at a time, also after one that failed', async () => {
  const ends: { resolve: (report: DrillReport) => void; reject: (error: unknown) => void }[] = [];
  const config = loadSettings();
  const overview = createUpstreamOverview({
    served: { listPlaces: () => [], listUpstreams: () => [] },
    config: () => config,
    hide: (text) => text,
    run: () => new Promise((resolve, reject) => ends.push({ resolve, reject })),
  });
  const first = overview.drill('gpu1/llama3', undefined);
  await expect(overview.drill('llama3', undefined)).rejects.toMatchObject({ kind: 'busy' });
  ends[0]?.reject(new Error('It broke.'));
  await expect(first).rejects.toThrow('It broke.');
  const second = overview.drill('llama3', 'llama3');
  ends[1]?.resolve(report);
  expect(await second).toBe(report);
  await expect(overview.drill('gpu2/llama3', undefined)).rejects.toMatchObject({
    kind: 'unknown',
    message: expect.stringContaining('gpu1/llama3'),
  });
});

test.each([
  ['a user and a password in an address', 'https://user:pass-word-1@gpu1.example/v1'],
  ['a key of the configuration', 'the key upstream-secret-1.'],
  ['a key of a well-known form', 'Incorrect API key: sk-abcdefghijklmnopqrstuvwx'],
])('a reason has no part of %s, wherever it is cut', (_name, words) => {
  const config = loadSettings();
  const { hide } = createSecretFilter(['upstream-secret-1']);
  for (let before = 230; before < 310; before += 1) {
    const error = new Error(`${'x '.repeat(before / 2)}${' '.repeat(before % 2)}${words}`);
    const settings = config.upstreams['gpu1'];
    const upstream = {
      facts: () => ({ version: undefined, models: undefined }),
      lastFailure: () => ({ atMs: 1, error }),
    };
    const listed = { name: 'gpu1', settings, upstream } as unknown as ListedUpstream;
    const overview = createUpstreamOverview({
      served: { listPlaces: () => [], listUpstreams: () => [listed] },
      config: () => config,
      hide,
    });
    const reason = overview.list().upstreams[0]?.lastFailure?.reason ?? '';
    expect(reason).not.toMatch(/user:|pass|upstream-s|sk-a/);
    expect(reason.length).toBeGreaterThan(200);
    expect(reason.length).toBeLessThanOrEqual(300);
  }
});
