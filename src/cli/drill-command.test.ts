import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import type { DrillReport } from '../app/drill/run-drill.ts';
import { loadConfig } from '../config/load-config.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { registerDrillCommand } from './drill-command.ts';

function createHome(): string {
  const home = createTemporaryFolder();
  writeFileSync(
    join(home, 'config.yaml'),
    `
upstreams:
  gpu1:
    kind: vllm
    baseUrl: "http://127.0.0.1:1/v1"
    apiKeyEnv: GPU1_KEY
    timeouts: { betweenChunksMs: 500, totalMs: 3s }
models:
  - name: llama
    deployments: [{ upstream: gpu1, model: meta/llama }]
`,
  );
  return home;
}

it('prints that every promise of a deployment holds, with the exit code 0', async () => {
  // The key of the upstream is not needed.
  const { exitCode, stdout, stderr } = await runCommand(['drill', 'gpu1/meta/llama'], {
    home: createHome(),
    environment: {},
  });
  expect(stderr).toBe('');
  expect(stdout).not.toContain('broken');
  const lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
  expect(lines.slice(0, 6)).toEqual([
    'Drill of gpu1/meta/llama (vllm) at a faulty upstream on loopback.',
    'Times are shorter here: connectMs 1s in place of 5s, firstTokenMs 2s in place of 3s, queueWaitMs 1s in place of 2m0s.',
    '',
    'THE UPSTREAM | STREAMED | PLAIN',
    'refuses connections | held: 503 overloaded | held: 503 overloaded',
    'closes the connection without an answer | held: 502 upstream_error | held: 502 upstream_error',
  ]);
  expect(lines).toContain('begins slowly, within the time-out | held: 200 stop | held: 200 stop');
  expect(lines).toContain(
    'answers 429 with retry-after | held: 429 rate_limit_exceeded | held: 429 rate_limit_exceeded',
  );
  expect(lines).toContain('ends a whole stream without [DONE] | held: 200 stop');
  expect(lines.slice(-3)).toEqual(['', 'All 35 requests got what is promised.', '']);
  expect(exitCode).toBe(0);
});

it('prints one sentence for a deployment that is not there', async () => {
  expect(await runCommand(['drill', 'gpu2/llama'], { home: createHome(), environment: {} })).toEqual({
    exitCode: 1,
    stdout: '',
    stderr:
      'gravix: There is no deployment gpu2/llama. The deployments in config.yaml are gpu1/meta/llama.\n',
  });
});

const trial = { isHeld: true, outcome: '502 upstream_error', problems: [], elapsedMs: 9, requests: 1 };
const report: DrillReport = {
  deployment: 'gpu1/meta/llama',
  model: 'llama',
  kind: 'vllm',
  shortened: [],
  faults: [
    {
      fault: 'breaks the connection in the middle',
      streamed: { ...trial, isHeld: false, problems: ['the answer looks whole', 'it took 9 ms'] },
      plain: trial,
    },
  ],
  heldCount: 1,
  brokenCount: 1,
};

/** Runs the command with this outcome, in this process. */
async function printReport(...words: string[]): Promise<string> {
  const output = new PassThrough();
  const program = new Command().exitOverride();
  const environment = { GRAVIX_HOME: createHome() };
  const context: Pick<CommandContext, 'loadConfigWithoutKeys' | 'output'> = {
    loadConfigWithoutKeys: () => loadConfig({ environment, flags: {}, needsUpstreamKeys: false }),
    output: output as unknown as NodeJS.WriteStream,
  };
  registerDrillCommand(program, context, async () => report);
  await expect(program.parseAsync(['drill', 'llama', ...words], { from: 'user' })).rejects.toEqual(
    new CommandExit(1),
  );
  return String(output.read());
}

it('prints what broke, with the exit code 1', async () => {
  const lines = (await printReport()).split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
  expect(lines).toEqual([
    'Drill of gpu1/meta/llama (vllm) at a faulty upstream on loopback.',
    '',
    'THE UPSTREAM | STREAMED | PLAIN',
    'breaks the connection in the middle | broken: the answer looks whole; it took 9 ms | held: 502 upstream_error',
    '',
    '1 of 2 requests did not get what is promised.',
    '',
  ]);
  expect(JSON.parse(await printReport('--json'))).toEqual(report);
});
