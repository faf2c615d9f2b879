import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { loadConfig } from '../config/load-config.ts';
import { createSettingList } from './list-settings.ts';

test('each setting says where it comes from, and no secret leaves', () => {
  const home = mkdtempSync(join(createTemporaryFolder(), 'home-'));
  writeFileSync(
    join(home, 'config.yaml'),
    [
      'slots: 3',
      'logLevel: warn',
      'queueLengthMax: 7',
      'upstreams:',
      '  gpu1: { kind: vllm, baseUrl: "http://127.0.0.1:8000/v1", apiKeyEnv: GPU1_KEY }',
    ].join('\n'),
  );
  const secrets = [
    'postgres-password',
    'webhook-secret-0123456789abcdef0123456789',
    'upstream-key',
    'hook-token',
  ];
  const config = loadConfig({
    environment: {
      GRAVIX_HOME: home,
      GRAVIX_SLOTS: '4',
      GRAVIX_LOG_LEVEL: '',
      DATABASE_URL: `postgres://gravix:${secrets[0]}@db.example/gravix`,
      GRAVIX_WEBHOOK_URL: `https://hooks.example/${secrets[3]}`,
      GRAVIX_WEBHOOK_SECRET: `whsec_${Buffer.from(secrets[1]!).toString('base64')}`,
      GPU1_KEY: secrets[2],
    },
    flags: { port: 0 },
  });
  const list = createSettingList(() => config);
  const settings = list();
  const find = (wanted: string) => settings.find(({ name }) => name === wanted);
  expect(find('port')).toMatchObject({ value: 0, default: 4728, source: 'flag', sourceName: '--port' });
  expect(find('slots')).toMatchObject({ value: 4, source: 'environment', sourceName: 'GRAVIX_SLOTS' });
  expect(find('logLevel')).toMatchObject({ value: 'warn', source: 'file', sourceName: 'logLevel' });
  expect(find('queueLengthMax')).toMatchObject({ value: 7, source: 'file' });
  expect(find('host')).toMatchObject({ value: '127.0.0.1', source: 'default', isReloadable: false });
  expect(find('upstreams')).toMatchObject({
    value: { gpu1: { baseUrl: 'http://127.0.0.1:8000/v1', apiKeyEnv: 'GPU1_KEY' } },
    isReloadable: true,
  });
  expect(find('databaseUrl')).toMatchObject({
    value: undefined,
    isHidden: true,
    isSet: true,
    source: 'environment',
    sourceName: 'DATABASE_URL',
  });
  const text = JSON.stringify(settings);
  for (const secret of secrets) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
  }
});
