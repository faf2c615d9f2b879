import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

/** Test files that need what lies beside the checkout. */
const needy = ['src', 'test']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => /from '.*\/shared-files\.ts'/.test(readFileSync(join(root, file), 'utf8')));

/** Vitest's own process for these files, without the folder. */
function runWithoutFolder(): Promise<{ readonly exit: unknown; readonly output: string }> {
  const env = { ...process.env, SHARED_FOLDER: join(root, 'no-such-folder') };
  const flags = [vitest, 'run', '--project', 'model', ...needy];
  return new Promise((resolve) => {
    execFile(process.execPath, flags, { cwd: root, env }, (error, stdout) =>
      resolve({ exit: error?.code ?? 0, output: stdout }),
    );
  });
}

test('without the folder beside the checkout each file that reads it passes, and says what it skips', async () => {
  expect(needy.length).toBeGreaterThan(5);
  const { exit, output } = await runWithoutFolder();
  expect(output).toMatch(/^\d+ passed, 0 failed, \d+ skipped$/m);
  expect(exit).toBe(0);
  const skipped = output.split('\n').filter((line) => line.startsWith('skipped: '));
  for (const file of needy) expect(skipped.join('\n')).toContain(file);
  for (const line of skipped) expect(line).toContain('is not beside the repository');
}, 300_000);
