import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';

it('reports that no file, a right file and another file are valid', async () => {
  const home = createTemporaryFolder();
  const path = join(home, 'config.yaml');
  const sentence = `The configuration is valid: the environment and ${path}, if it exists.\n`;
  expect(await runCommand(['config', 'check'], { home })).toEqual({
    exitCode: 0,
    stdout: sentence,
    stderr: '',
  });
  writeFileSync(path, 'slots: 0');
  const other = join(home, 'other.yaml');
  writeFileSync(other, 'slots: 1');
  const checked = await runCommand(['config', 'check', '--file', other, '--json'], { home });
  expect(checked.exitCode).toBe(0);
  expect(JSON.parse(checked.stdout)).toEqual({ file: other, isValid: true, problems: [], warnings: [] });
});

it('reports every problem, as lines and as JSON, with the exit code 1', async () => {
  const home = createTemporaryFolder();
  writeFileSync(
    join(home, 'config.yaml'),
    'slots: 0\nupstreams: { gpu1: { kind: vllm, baseUrl: "http://h/v1", apiKeyEnv: NO_KEY } }',
  );
  const messages = [
    'slots in config.yaml must be a whole number from 1 to 64, not 0.',
    'upstreams.gpu1.apiKeyEnv names the environment variable NO_KEY, which is not set.',
  ];
  const text = await runCommand(['config', 'check'], { home });
  const lines = messages.map((message) => `problem  ${message}\n`).join('');
  expect(text).toEqual({ exitCode: 1, stdout: lines, stderr: '' });
  const json = await runCommand(['config', 'check', '--json'], { home });
  expect(json.exitCode).toBe(1);
  expect(JSON.parse(json.stdout)).toEqual({
    isValid: false,
    problems: [
      { path: 'slots', message: messages[0] },
      { path: 'upstreams.gpu1.apiKeyEnv', message: messages[1] },
    ],
    warnings: [],
  });
  const missing = await runCommand(['config', 'check', '--file', join(home, 'none.yaml')], { home });
  expect(missing).toMatchObject({ exitCode: 1, stderr: '' });
  expect(missing.stdout).toMatch(/^problem {2}Can't read none\.yaml: ENOENT/);
});

it('warns of what is valid and probably not meant', async () => {
  const home = createTemporaryFolder();
  const keyFile = join(home, 'key.txt');
  writeFileSync(keyFile, 'sk-1');
  chmodSync(keyFile, 0o644);
  writeFileSync(
    join(home, 'config.yaml'),
    `requestMsMax: 1m
upstreams:
  open: { kind: vllm, baseUrl: "http://llm.example.com/v1", apiKeyEnv: OPEN_KEY }
  secure: { kind: vllm, baseUrl: "https://llm.example.com/v1", apiKeyEnv: OPEN_KEY }
  near: { kind: vllm, baseUrl: "http://10.0.0.5:8000/v1", apiKeyFile: key.txt }
  unused: { kind: ollama, baseUrl: "http://localhost:11434/v1" }
  discovered: { kind: ollama, baseUrl: "http://localhost:11435/v1", discover: true }
models:
  - { name: m, spillOverMs: 2s, deployments: [{ upstream: open, timeouts: { totalMs: 2m } }] }
  - { name: n, deployments: [{ upstream: secure }, { upstream: near, timeouts: { totalMs: 1s } }] }
`,
  );
  const environment = { OPEN_KEY: 'sk-1' };
  const { exitCode, stdout } = await runCommand(['config', 'check', '--json'], { home, environment });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).warnings.map(({ message }: { message: string }) => message)).toEqual([
    'upstreams.open sends its key over plain HTTP to a public host; use https.',
    'upstreams.near.apiKeyFile can be read by other users of this machine; chmod 600.',
    'upstreams.unused is not used by any model, and discover is off.',
    'models[0].spillOverMs has no effect: there is no second deployment.',
    'models[0].deployments[0].timeouts.totalMs never applies: requestMsMax ends every request before.',
    'models[1].deployments[1].timeouts never apply except totalMs, which is the shortest.',
  ]);
});
