import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { installSampleModel } from '../../test/catalog/install-sample-model.ts';
import { createSampleContent } from '../../test/catalog/sample-model.ts';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { askForConsent } from './ask-for-consent.ts';

it('says how to get a model where none is installed, and lists what can be pulled', async () => {
  const empty = await runCommand(['models']);
  expect(empty).toMatchObject({ exitCode: 0, stderr: '' });
  expect(empty.stdout).toContain('`npx gravix pull` downloads the default one');
  const environment = { GRAVIX_MODEL_MEMORY_BYTES_MAX: '4000000000' };
  const { stdout } = await runCommand(['models', '--available'], { environment });
  expect(stdout).toMatch(
    /^llama3\.1:8b-instruct-fp16 +~16,000 MB +no +F16 +131,072 +Llama-3\.1 +chat, tools$/m,
  );
  expect(stdout).toMatch(/^smollm2:135m-instruct-q4_1 +98 MB +yes +Q4_1 +8,192 +Apache-2\.0 +chat$/m);
  const rows = stdout
    .split('\n')
    .map((line) => / (yes|no|unknown) /.exec(line)?.[1])
    .filter((fits) => fits !== undefined);
  const inOrder = ['yes', 'no', 'unknown'].flatMap((fits) => rows.filter((other) => other === fits));
  expect(new Set(inOrder).size).toBe(3);
  expect(rows).toEqual(inOrder);
});

it('lists the installed models, as a table and as JSON', async () => {
  const home = createTemporaryFolder();
  const { path } = await installSampleModel(home, 'smollm2:135m-instruct-q4_1');
  const table = await runCommand(['models'], { home });
  expect(table.stdout).toMatch(/^NAME +SIZE +PARAMETERS +QUANTIZATION +CONTEXT +LICENSE\n/);
  expect(table.stdout).toMatch(/^smollm2:135m-instruct-q4_1 +0 MB +0M +Q4_1 +2,048 +MIT$/m);
  const { stdout } = await runCommand(['models', '--json', '--available'], { home });
  const { installed, available } = JSON.parse(stdout);
  expect(installed).toMatchObject([
    {
      name: 'smollm2:135m-instruct-q4_1',
      path,
      license: 'MIT',
      facts: { architecture: 'llama', hasChatTemplate: false },
    },
  ]);
  expect(available.filter((model: { isInstalled: boolean }) => model.isInstalled)).toMatchObject([
    { name: 'smollm2:135m-instruct-q4_1', capabilities: ['chat'], sizeBytes: 98_362_432 },
  ]);
});

it('checks the library and repairs it', { timeout: 60_000 }, async () => {
  const home = createTemporaryFolder();
  const right = await installSampleModel(home, 'right:1');
  const orphan = join(home, 'models', 'blobs', `sha256-${'a'.repeat(64)}`);
  await writeFile(orphan, 'x');
  const checked = await runCommand(['models', '--check'], { home });
  expect(checked).toMatchObject({ exitCode: 0, stderr: '' });
  expect(checked.stdout).toBe(
    `left over ${orphan} (0 MB): a file that no model uses\n\`npx gravix models --check --repair\` deletes leftover files.\n1 of 1 installed models are intact.\n`,
  );
  const repaired = await runCommand(['models', '--check', '--repair', '--json'], { home });
  expect(JSON.parse(repaired.stdout)).toMatchObject({ isWhole: true, leftovers: [], freedBytes: 1 });
  expect([existsSync(orphan), existsSync(right.path)]).toEqual([false, true]);
  await rm(right.path);
  const damaged = await runCommand(['models', '--check'], { home });
  expect(damaged.exitCode).toBe(1);
  expect(damaged.stdout).toContain('The model right:1 is damaged: its file sample.gguf is missing.');
  expect(damaged.stdout).toContain('0 of 1 installed models are intact.');
  const mistaken = await runCommand(['models', '--repair'], { home });
  expect(mistaken).toMatchObject({
    exitCode: 1,
    stderr: 'gravix: --checksums and --repair need --check.\n',
  });
});

it('removes models by their names, all or none', { timeout: 60_000 }, async () => {
  const home = createTemporaryFolder();
  const content = createSampleContent(2_000_000);
  const { path } = await installSampleModel(home, 'a:1', content);
  await installSampleModel(home, 'a:2', content);
  await installSampleModel(home, 'ollama:b:latest', content);
  const wrong = await runCommand(['rm', 'a:1', 'nobody'], { home });
  expect(wrong).toMatchObject({
    exitCode: 1,
    stderr: 'gravix: There is no installed model nobody. Installed models: a:1, a:2, ollama:b:latest.\n',
  });
  const unasked = await runCommand(['rm', 'a:1'], { home });
  expect(unasked).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('Add --yes') });
  const first = await runCommand(['rm', 'a:1', '--yes'], { home });
  expect(first).toMatchObject({ exitCode: 0, stdout: 'Removed a:1 and freed 0 MB.\n' });
  expect(existsSync(path)).toBe(true);
  const short = await runCommand(['rm', 'ollama:b', '--yes'], { home });
  expect(short.stdout).toBe('Removed ollama:b:latest and freed 0 MB.\n');
  const second = await runCommand(['rm', 'a:2', '--yes', '--json'], { home });
  expect(JSON.parse(second.stdout)).toEqual({ name: 'a:2', freedBytes: 2_000_000 });
  expect(existsSync(path)).toBe(false);
});

it.each([
  ['y', true],
  ['YES', true],
  ['no', false],
  ['', false],
  ['yesterday', false],
])('takes %j for %s', async (answer, expected) => {
  const input = new PassThrough();
  const output = new PassThrough();
  const consent = askForConsent({ input, output }, 'Remove a:1?');
  input.write(`${answer}\n`);
  expect(await consent).toBe(expected);
  expect(String(output.read())).toContain('Remove a:1? [y/N] ');
});

it('takes an end of input for no consent', async () => {
  const input = new PassThrough();
  const consent = askForConsent({ input, output: new PassThrough() }, 'Remove a:1?');
  input.end();
  expect(await consent).toBe(false);
});

it('imports models of an Ollama folder in its usual place', { timeout: 60_000 }, async () => {
  const home = createTemporaryFolder();
  const donor = createTemporaryFolder();
  const { sha256, path } = await installSampleModel(donor, 'any');
  const ollama = join(home, '.ollama', 'models');
  const tags = join(ollama, 'manifests', 'registry.ollama.ai', 'library', 'sample');
  await mkdir(tags, { recursive: true });
  await mkdir(join(ollama, 'blobs'));
  const layers = [
    { mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${sha256}`, size: 50_000 },
    { mediaType: 'application/vnd.ollama.image.template', digest: `sha256:${'0'.repeat(64)}`, size: 9 },
  ];
  await writeFile(join(tags, '1m'), JSON.stringify({ schemaVersion: 2, layers }));
  await writeFile(join(tags, 'broken'), 'nothing');
  const listed = await runCommand(['import'], { home });
  expect(listed.stdout).toMatch(/^sample:1m +Ollama, /m);
  expect(listed.stdout).toContain("sample:broken can't be imported: its manifest can't be read.");
  const gone = await runCommand(['import', 'sample:1m'], { home });
  expect(gone.exitCode).toBe(1);
  expect(gone.stderr).toMatch(/^gravix: sample:1m: Can't import the model sample:1m: .+ is gone\.\n$/);
  await copyFile(path, join(ollama, 'blobs', `sha256-${sha256}`));
  const imported = await runCommand(['import', '--all'], { home });
  expect(imported).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/^sample:1m: Its chat template is written for Ollama and is not used.+\n$/),
    stdout: 'Imported sample:1m (0 MB, checksum right, nothing copied)\n',
  });
  const unknown = await runCommand(['import', 'nobody'], { home });
  expect(unknown.stderr).toContain('There is no model nobody to import.');
});

it('says that there is nothing to import, and that a folder is none', { timeout: 60_000 }, async () => {
  const home = createTemporaryFolder();
  for (const words of [['import'], ['import', '--all'], ['import', '--from', home, '--all']]) {
    const { exitCode, stdout, stderr } = await runCommand(words, { home });
    expect({ exitCode, said: stdout + stderr }).toEqual({
      exitCode: 0,
      said: 'There is nothing to import. --from names another folder than the usual ones.\n',
    });
  }
  const absent = await runCommand(['import', '--from', '/no/such/folder'], { home });
  expect(absent).toMatchObject({ exitCode: 1, stderr: 'gravix: There is no folder /no/such/folder.\n' });
});
