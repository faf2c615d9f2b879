import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { packGravix, runNpm } from '../pack-gravix.ts';
import { createTestHome } from '../server-process.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

/** Measured: 31 s with an empty cache. */
const installMsMax = 110_000;

/** The folders of a global install that hold binaries of an engine for a GPU. */
const gpuBinary = /^(?:cuda|vulkan)|-(?:cuda|vulkan)/;

test(
  'what npm pack makes, installed globally, serves: without scripts, and without binaries for a GPU',
  async (context) => {
    const folder = createTemporaryFolder();
    const prefix = join(folder, 'prefix');
    mkdirSync(prefix);
    const tarball = await packGravix(folder);
    const words = [
      'install',
      '--global',
      tarball,
      '--prefix',
      prefix,
      '--ignore-scripts',
      '--prefer-offline',
    ];
    try {
      await runNpm(words, folder);
    } catch (error) {
      const reason = String(error);
      if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/i.test(reason)) throw error;
      context.skip(`no registry can be reached: ${reason.slice(0, 300)}`);
    }
    const isWindows = process.platform === 'win32';
    const installed = join(prefix, ...(isWindows ? [] : ['lib']), 'node_modules', 'gravix', 'node_modules');
    const names = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => name.includes('@node-llama-cpp') && gpuBinary.test(name))).toEqual([]);
    expect(existsSync(join(installed, '@scarf'))).toBe(false);

    const home = await createTestHome();
    const path = `${join(prefix, ...(isWindows ? [] : ['bin']))}${delimiter}${process.env['PATH']}`;
    const environment = { ...process.env, PATH: path, GRAVIX_HOME: home };
    const run = (commandArguments: readonly string[]) => spawnToEnd(commandArguments, environment);

    expect((await run(['--version'])).output).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { checks } = JSON.parse((await run(['doctor', '--port', '0', '--json'])).output) as {
      checks: readonly { name: string; status: string }[];
    };
    for (const name of ['platform', 'engine', 'model']) {
      expect(checks).toContainEqual(expect.objectContaining({ name, status: 'ok' }));
    }
    const gpu = JSON.parse((await run(['gpu', '--kind', 'vulkan', '--json'])).output) as { command: string };
    expect(gpu.command).toContain(join(installed, 'node-llama-cpp'));
    // Serves until it is ready, then stops in order.
    const server = await spawnToEnd(['serve', '--port', '0'], environment, /"msg":"listening on /);
    expect(server).toMatchObject({ exitCode: 0 });
  },
  installMsMax,
);

interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Ends it with SIGTERM when its output says so. */
function spawnToEnd(
  commandArguments: readonly string[],
  environment: NodeJS.ProcessEnv,
  endsAt?: RegExp,
): Promise<Outcome> {
  const child = spawn('gravix', [...commandArguments], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (endsAt?.test(output)) child.kill('SIGTERM');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output }));
  });
}
