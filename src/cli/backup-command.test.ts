import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';

test('a backup is made, restored into an empty folder, and not over a database', async () => {
  const home = createTemporaryFolder();
  const file = join(createTemporaryFolder(), 'backup');
  await runCommand(['keys', 'create', '--name', 'mine'], { home });
  const made = await runCommand(['backup', file, '--json'], { home });
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(made.stdout)).toEqual({ file, sizeBytes: statSync(file).size });

  const other = join(createTemporaryFolder(), 'new');
  const restored = await runCommand(['restore', file], { home: other });
  expect(restored).toMatchObject({ exitCode: 0, stderr: '', stdout: `Restored ${file} to ${other}.\n` });
  const { stdout } = await runCommand(['keys', 'list', '--json'], { home: other });
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'mine' }]);

  const refused = await runCommand(['restore', file], { home: other });
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^gravix: There is a database .+ already\. --force replaces it\.\n$/);
  expect(await runCommand(['restore', file, '--yes'], { home: other })).toMatchObject({ exitCode: 0 });
}, 60_000);
