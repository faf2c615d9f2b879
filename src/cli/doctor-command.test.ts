import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { installSampleModel } from '../../test/catalog/install-sample-model.ts';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { listenOnLoopback } from '../../test/listen-on-loopback.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { openKeyService } from '../app/local-keys.ts';
import { loadConfig } from '../config/load-config.ts';
import { checkModel } from './check-engine.ts';
import { checkKey } from './check-key.ts';
import { checkDisk, checkNode, checkPort } from './check-machine.ts';

interface Report {
  readonly exitCode: number | null;
  readonly isHealthy: boolean;
  readonly checks: Record<string, { status: string; message: string; wayOut?: string }>;
}

async function examine(home: string, ...flags: string[]): Promise<Report> {
  const { exitCode, stdout, stderr } = await runCommand(['doctor', '--json', '--port=0', ...flags], { home });
  expect(stderr).toBe('');
  const { isHealthy, checks } = JSON.parse(stdout);
  return {
    exitCode,
    isHealthy,
    checks: Object.fromEntries(checks.map(({ name, ...check }: { name: string }) => [name, check])),
  };
}

it('finds an empty data folder ready, and leaves it empty', { timeout: 60_000 }, async () => {
  const home = createTemporaryFolder();
  const { exitCode, isHealthy, checks } = await examine(home);
  expect({ exitCode, isHealthy }).toStrictEqual({ exitCode: 0, isHealthy: true });
  // Whether there is a Python with pip is the machine's affair.
  expect(checks['python']?.status).toMatch(/^(?:ok|warn)$/);
  const statuses = Object.entries(checks)
    .filter(([name]) => name !== 'python')
    .map(([name, { status }]) => `${name} ${status}`);
  expect(statuses).toStrictEqual([
    ...[
      'node ok',
      'platform ok',
      'config ok',
      'disk ok',
      'model warn',
      'engine ok',
      'memory warn',
      'port ok',
      'database ok',
      'key warn',
    ],
  ]);
  expect(checks['engine']?.message).toMatch(/^llama\.cpp \S+ loads with .+ and \d+ cores/);
  if (process.platform === 'linux' && process.arch === 'x64') {
    expect(checks['engine']?.message).toMatch(/the CPU variant \w+/);
  }
  expect(readdirSync(home)).toStrictEqual([]);
});

it('prints a line a check, and fails with 1', async () => {
  const { exitCode, stdout } = await runCommand(['doctor', '--slots', '0']);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^ok {4}node {6}Node .+\nok {4}platform {2}.+ is installed.*\nfail {2}config {4}--slots .+; the other checks need it\.\n$/,
  );
});

it('fails with 1 for a damaged model', { timeout: 60_000 }, async () => {
  const home = createTemporaryFolder();
  const installed = await installSampleModel(home, 'm');
  writeFileSync(installed.path, Buffer.alloc(installed.sizeBytes, 'GGUF'));
  const { exitCode, isHealthy, checks } = await examine(home, '--model=m');
  expect({ exitCode, isHealthy }).toStrictEqual({ exitCode: 1, isHealthy: false });
  expect(checks['model']?.message).toMatch(/checksum.+`npx gravix pull m --force`/);
  expect(checks['memory']?.status).toBe('fail');
});

it('fails for a model that is nowhere', async () => {
  const config = loadConfig({
    environment: { GRAVIX_HOME: createTemporaryFolder() },
    flags: { model: 'nobody' },
  });
  expect(await checkModel(config)).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('nobody'),
  });
});

it('looks for disk above a data folder that is not there yet, and wants a folder', async () => {
  const folder = createTemporaryFolder();
  expect(await checkDisk({ home: join(folder, 'a', 'b') })).toMatchObject({
    message: expect.stringMatching(/^[\d,]+ MB are free in /),
  });
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(await checkDisk({ home: join(file, 'home') })).toMatchObject({ status: 'fail' });
});

it('tells a key that the store accepts from one that it does not', async () => {
  const home = createTemporaryFolder();
  const config = loadConfig({ environment: { GRAVIX_HOME: home }, flags: {} });
  const { service, close } = await openKeyService(config);
  const { key } = await service.create({ name: 'a', expiresAtMs: undefined });
  await close();
  const keyFile = join(home, 'key');
  expect(await checkKey(config)).toMatchObject({ status: 'warn' });
  writeFileSync(keyFile, key, { mode: 0o600 });
  expect(await checkKey(config)).toStrictEqual({
    status: 'ok',
    message: `The key in ${keyFile} is accepted.`,
  });
  writeFileSync(keyFile, `gx-${'a'.repeat(43)}`);
  expect(await checkKey(config)).toMatchObject({
    status: 'fail',
    wayOut: expect.stringContaining('keys create'),
  });
  const withVariable = loadConfig({
    environment: { GRAVIX_HOME: home, GRAVIXLAYER_API_KEY: 'own' },
    flags: {},
  });
  expect(await checkKey(withVariable)).toMatchObject({ status: 'ok' });
});

it.each([
  ['{"status":"ok"}', 'ok', /^A Gravix server is running at http:/],
  ['<html>', 'fail', /^Another program uses port \d+\. Stop it, or choose another port/],
])('tells who holds the port: %s', async (body, status, message) => {
  const { port, close } = await listenOnLoopback(createServer((_, response) => response.end(body)));
  onTestFinished(close);
  const config = { host: '127.0.0.1', port };
  expect(await checkPort(config)).toStrictEqual({ status, message: expect.stringMatching(message) });
});

it.each([
  ['18.20.4', 'fail'],
  ['20.18.3', 'fail'],
  ['20.19.0', 'ok'],
  ['22.0.0', 'ok'],
])('Node %s: %s', async (version, status) => {
  expect(await checkNode(version)).toMatchObject({ status });
});
