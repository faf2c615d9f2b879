import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSampleContent } from '../../test/catalog/sample-model.ts';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';

it('copies a file of this machine, and says so', { timeout: 60_000 }, async () => {
  const home = createTemporaryFolder();
  const path = join(home, 'tiny.gguf');
  await writeFile(path, createSampleContent(100_000));
  const { exitCode, stdout, stderr } = await runCommand(['pull', path, '--name', 'mine:1'], { home });
  expect(stdout).toMatch(/^mine:1 is ready \(/);
  expect(stderr).toMatch(/^copying the file \(0\.\d MB\)\ncopying the file: 100 % /);
  expect(exitCode).toBe(0);
});

it('names the file that is no model, and leaves it where it is', { timeout: 60_000 }, async () => {
  const home = createTemporaryFolder();
  const path = join(home, 'text.gguf');
  await writeFile(path, 'some text');
  const { exitCode, stderr } = await runCommand(['pull', path], { home });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: `gravix: The file ${path} is not a GGUF file.\n`,
  });
  expect(existsSync(path)).toBe(true);
});

it('tells nobody to pull a name that it made up', { timeout: 60_000 }, async () => {
  const { exitCode, stderr } = await runCommand(['pull', 'http://127.0.0.1:9/x.gguf']);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/check the network connection, then pull it again\.\n$/);
});

it('refuses a name that could not be asked for', { timeout: 60_000 }, async () => {
  const { exitCode, stderr } = await runCommand(['pull', './x.gguf', '--name', 'two words']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("argument 'two words' is invalid. Write a name such as mine:latest");
});
