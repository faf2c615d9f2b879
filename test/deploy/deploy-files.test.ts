// The files of deploy/ know the program that they start.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { describeSettings } from '../../src/config/describe-settings.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, 'deploy', path), 'utf8');

/** GRAVIX_HOME and the key are no settings. */
const variables = new Set([
  ...describeSettings().flatMap(({ environment }) => environment ?? []),
  'GRAVIX_HOME',
  'GRAVIXLAYER_API_KEY',
]);

function loadDefaults() {
  return loadConfig({ environment: { GRAVIX_HOME: createTemporaryFolder() }, flags: {} });
}

const serviceSchema = z.object({
  build: z.object({ context: z.string(), dockerfile: z.string() }),
  read_only: z.literal(true),
  tmpfs: z.array(z.string()),
  cap_drop: z.tuple([z.literal('ALL')]),
  environment: z.record(z.string(), z.string()).optional(),
  stop_grace_period: z.string(),
  volumes: z.array(z.string()),
});

describe.each(['compose.yaml', 'compose.replicas.yaml'])('compose/%s', (name) => {
  const { services } = z
    .object({ services: z.record(z.string(), z.unknown()) })
    .parse(parse(read(`compose/${name}`), { merge: true }));
  const ours = Object.entries(services).filter(([service]) => service.startsWith('gravix'));

  test('its servers are ours, read-only, and have the time to drain', () => {
    expect(ours.length).toBe(name === 'compose.yaml' ? 1 : 2);
    for (const [, service] of ours) {
      const { build, tmpfs, volumes, stop_grace_period: grace } = serviceSchema.parse(service);
      expect(
        read(join('compose', build.context, build.dockerfile).replace(/^(?:\.\.\/)*deploy\//, '')),
      ).toContain('ENTRYPOINT');
      expect(tmpfs).toEqual(['/tmp']);
      expect(volumes[0]).toMatch(/:\/data$/);
      expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(loadDefaults().drainMsMax);
    }
  });

  test('its variables are settings', () => {
    const named = ours.flatMap(([, service]) => Object.keys(serviceSchema.parse(service).environment ?? {}));
    expect(named.filter((variable) => !variables.has(variable))).toEqual([]);
  });
});

test('each server of a set of replicas has its own data folder, and they know their number', () => {
  const text = read('compose/compose.replicas.yaml');
  const { services } = z
    .object({ services: z.record(z.string(), z.unknown()) })
    .parse(parse(text, { merge: true }));
  const ours = Object.entries(services)
    .filter(([service]) => service.startsWith('gravix'))
    .map(([, service]) => serviceSchema.parse(service));
  expect(new Set(ours.map(({ volumes }) => volumes[0])).size).toBe(ours.length);
  for (const { environment } of ours) expect(environment?.['GRAVIX_REPLICA_COUNT']).toBe(String(ours.length));
});

describe('the Dockerfile', () => {
  const lines = read('docker/Dockerfile').split('\n');

  test('ends as another user than root, with a health check, and starts the built program', () => {
    expect(lines.filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
    expect(lines.filter((line) => line.startsWith('HEALTHCHECK '))).toHaveLength(1);
    expect(lines).toContain('ENTRYPOINT ["node", "/app/dist/main.js"]');
    expect(lines).toContain('CMD ["serve"]');
  });

  test('its variables are settings', () => {
    const named = [...read('docker/Dockerfile').matchAll(/\b(GRAVIX_\w+|PORT)=/g)].map(
      ([, name]) => name ?? '',
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((variable) => !variables.has(variable))).toEqual([]);
  });

  test('no install script of a package runs in it', () => {
    const installs = lines.filter((line) => line.includes('npm ci'));
    expect(installs.length).toBeGreaterThan(0);
    for (const line of installs) expect(line).toContain('--ignore-scripts');
  });
});

test('the systemd unit starts the program, waits for it, and takes what it does not need', () => {
  const unit = read('systemd/gravix.service');
  expect(unit).toMatch(/^ExecStart=\/usr\/bin\/env gravix serve$/m);
  const stopSeconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]);
  expect(stopSeconds * 1000).toBeGreaterThan(loadDefaults().drainMsMax);
  for (const line of ['DynamicUser=yes', 'NoNewPrivileges=yes', 'ProtectSystem=strict', 'PrivateTmp=yes'])
    expect(unit.split('\n')).toContain(line);
  const named = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name ?? '');
  expect(named.filter((variable) => !variables.has(variable))).toEqual([]);
});

test('the chart drains longer than the server, and names settings', () => {
  const values = z
    .object({ drainMsMax: z.number(), metrics: z.string() })
    .parse(parse(read('helm/gravix/values.yaml')));
  const { drainMsMax, metrics } = loadDefaults();
  expect(values).toEqual({ drainMsMax, metrics });
  const template = read('helm/gravix/templates/stateful-set.yaml');
  expect(template).toContain(
    'terminationGracePeriodSeconds: {{ add 15 (div (int .Values.drainMsMax) 1000) }}',
  );
  const named = [...template.matchAll(/- name: (GRAVIX_\w+)/g)].map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter((variable) => !variables.has(variable))).toEqual([]);
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  expect(parse(read('helm/gravix/Chart.yaml'))).toMatchObject({ version, appVersion: version });
  expect(readdirSync(join(root, 'deploy', 'helm', 'gravix', 'templates')).length).toBeGreaterThan(4);
});
