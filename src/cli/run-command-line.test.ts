import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';

const hint = 'Add --help to list commands and options.\n';

it.each([
  ['an unknown command', ['nonsense'], `gravix: unknown command 'nonsense'\n${hint}`],
  ['a mistyped command', ['sreve'], `gravix: unknown command 'sreve'\n(Did you mean serve?)\n${hint}`],
  [
    'an unknown option',
    ['serve', '--prot', '1'],
    `gravix: unknown option '--prot'\n(Did you mean --port?)\n${hint}`,
  ],
  [
    'a bad setting',
    ['serve', '--port', 'abc'],
    'gravix: --port must be a whole number from 0 to 65535, not "abc".\n',
  ],
  ['no slots', ['serve', '--slots', '0'], 'gravix: --slots must be a whole number from 1 to 64, not "0".\n'],
  ['an unknown model', ['pull', 'nobody'], expect.stringMatching(/^gravix: There is no model nobody .+\n$/)],
])('says %s once, and ends with 1', async (_, words, stderr) => {
  expect(await runCommand(words)).toStrictEqual({ exitCode: 1, stdout: '', stderr });
});

it('refuses a config.yaml with a mistake in every command that reads it', async () => {
  const home = createTemporaryFolder();
  writeFileSync(join(home, 'config.yaml'), 'slots: many\n');
  expect(await runCommand(['keys', 'list'], { home })).toMatchObject({
    exitCode: 1,
    stderr: 'gravix: slots in config.yaml must be a whole number from 1 to 64, not "many".\n',
  });
});

it('asks for the keys of upstreams only where upstreams are asked', async () => {
  const home = createTemporaryFolder();
  const upstream = '{ kind: vllm, baseUrl: "http://127.0.0.1:1/v1", apiKeyEnv: NO_SUCH_KEY }';
  writeFileSync(join(home, 'config.yaml'), `upstreams: { gpu1: ${upstream} }\n`);
  for (const words of [['keys', 'list'], ['projects', 'list'], ['usage'], ['models'], ['audit']])
    expect(await runCommand(words, { home })).toMatchObject({ exitCode: 0, stderr: '' });
  for (const words of [
    ['serve', '--port', '0'],
    ['config', 'check'],
  ])
    expect(await runCommand(words, { home })).toMatchObject({ exitCode: 1 });
});

it('shows the help: asked for on standard output with 0, unasked on standard error with 1', async () => {
  const asked = await runCommand(['--help']);
  expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
  for (const name of ['serve', 'pull', 'models', 'rm', 'import', 'chat', 'doctor', 'gpu', 'keys'])
    expect(asked.stdout).toContain(`\n  ${name} `);
  expect(await runCommand([])).toStrictEqual({ exitCode: 1, stdout: '', stderr: asked.stdout });
});

it('names defaults and environment variables in the help of serve', async () => {
  const { stdout } = await runCommand(['serve', '--help']);
  expect(stdout.replace(/\s+/g, ' ')).toContain('0 picks a free port [default 4728, PORT]');
});
