import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CommandLineProcess, startCommandLine } from '../cli/command-line-process.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { testModelEntry, testModelsFolder } from '../test-model.ts';

/** A server of its own process on a free port, with the shared model and a data folder of its own. */
async function startServer(
  ...flags: string[]
): Promise<{ home: string; url: string; server: CommandLineProcess }> {
  const home = createTemporaryFolder();
  mkdirSync(home, { recursive: true });
  symlinkSync(testModelsFolder, join(home, 'models'));
  const server = startCommandLine(['serve', '--port=0', '--log-level=silent', ...flags], { home });
  await server.until(/listening on \S+"/);
  const [, url = ''] = /listening on ([^\s"]+)/.exec(server.stdout()) ?? [];
  return { home, url, server };
}

test('a conversation with the real model: streamed, stopped, remembered, overflowing', {
  timeout: 300_000,
}, async () => {
  const { home, url, server } = await startServer('--context-length=512', '--slots=1');
  const chat = startCommandLine(['chat', '--url', url, '--temperature=0'], { home });
  chat.type('Write a very long story about a fox and a mountain. Describe every tree and every stone.');
  await expect.poll(() => chat.stdout().length, { timeout: 200_000, interval: 10 }).toBeGreaterThan(20);
  chat.signal('SIGINT');
  // The stopped answer gave its slot back, the only one there is; and the next turn is answered.
  await chat.until(/\n$/);
  const before = chat.stdout();
  chat.type('What is the capital of France? Answer in one short sentence.');
  await expect.poll(() => chat.stdout().slice(before.length), { timeout: 200_000 }).toMatch(/.\n$/);
  expect(chat.stderr()).toBe('');
  chat.type(`Summarise this: ${'word '.repeat(600)}`);
  await chat.until(/no longer fits; \/clear starts a new one/);
  chat.type('/clear');
  chat.type('What is the capital of France? Answer in one short sentence.');
  chat.endInput();
  expect(await chat.ended()).toBe(1);
  expect(chat.stdout()).toMatch(/Paris[^\n]*\n$/);
  server.signal('SIGTERM');
  expect(await server.ended()).toBe(0);
});

test('one answer to a prompt, and doctor beside the running server', { timeout: 300_000 }, async () => {
  const { home, url, server } = await startServer();
  const prompt = 'What is the capital of France? Answer in one short sentence.';
  const chat = startCommandLine(['chat', '--url', url, '--temperature=0', prompt], { home });
  expect(await chat.ended()).toBe(0);
  expect(chat.stdout()).toContain('Paris');
  const limited = startCommandLine(['chat', '--url', url, '--max-tokens=3', 'Tell me a story.'], { home });
  expect(await limited.ended()).toBe(0);
  expect(limited.stderr()).toBe('gravix: The answer reached the limit of --max-tokens.\n');
  const unknown = startCommandLine(['chat', '--url', url, '--model=nobody', prompt], { home });
  expect(await unknown.ended()).toBe(1);
  expect(unknown.stderr()).toContain('Choose a model that this server has with --model.');

  const doctor = startCommandLine(['doctor', '--port', new URL(url).port], { home });
  expect(await doctor.ended()).toBe(0);
  expect(doctor.stdout()).toContain(`A Gravix server is running at ${url}.`);
  expect(doctor.stdout()).toContain(`${testModelEntry().name} is installed (98 MB, checksum right).`);
  expect(doctor.stdout()).toMatch(/memory +4 slots of 8192 tokens need \d+ MB/);
  expect(doctor.stdout()).toMatch(/key +The key in .+ is accepted/);
  writeFileSync(join(home, 'key'), `gx-${'b'.repeat(43)}`);
  const refused = startCommandLine(['chat', '--url', url, prompt], { home });
  expect(await refused.ended()).toBe(1);
  expect(refused.stderr()).toContain('The server refused the API key.');
  server.signal('SIGTERM');
});
