import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { findBinaryPackages } from '../app/gpu.ts';
import { toInstallCommand } from './gpu-command.ts';

/** npm itself, which asks its registry and installs nothing. */
function dryRun(words: readonly string[]): Promise<string> {
  const [program = '', ...others] = words;
  const cwd = join(import.meta.dirname, '..', '..');
  return new Promise((resolve) => {
    execFile(program, [...others, '--dry-run'], { cwd }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

test.for(['cuda', 'vulkan'] as const)('npm takes the command for %s', async (kind, context) => {
  const packages = findBinaryPackages({ system: 'linux', architecture: 'x64' }, kind);
  if (packages === undefined) throw new Error(`There is no package for ${kind}.`);
  // On any machine: the packages' own systems are not what is asked.
  const words = [...toInstallCommand({ ...packages, folder: createTemporaryFolder() }), '--force'];
  const output = await dryRun(words);
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(output)) context.skip('no registry can be reached');
  for (const name of packages.names) expect(output).toContain(`add ${name} ${packages.version}`);
});

test('without a prefix of its own npm would refuse it for the overrides', async () => {
  const output = await dryRun(['npm', 'install', '--no-save', '@node-llama-cpp/linux-x64-vulkan@3.22.1']);
  expect(output).toContain('EOVERRIDE');
});
