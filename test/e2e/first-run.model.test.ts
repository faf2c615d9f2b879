import { chmod, readFile, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createTestHome,
  runCommand,
  type ServerProcess,
  startServerProcess,
  writeConfig,
} from '../server-process.ts';
import { testModelBlob, testModelPath } from '../test-model.ts';
import { complete, post, user } from './chat-client.ts';

let home: string;
const servers: ServerProcess[] = [];

beforeEach(async () => {
  home = await createTestHome();
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await rm(home, { recursive: true, force: true });
});

async function start(environment: Record<string, string> = {}): Promise<ServerProcess> {
  // The context bounds the answer to the printed curl line, which sets no limit itself.
  const server = await startServerProcess({ home, environment, flags: ['--context-length', '512'] });
  servers.push(server);
  return server;
}

describe('the first key', () => {
  test('is kept in a private file, stored as a hash, and not printed without a terminal', async () => {
    const first = await start();
    const key = (await readFile(join(home, 'key'), 'utf8')).trim();
    expect(key).toMatch(/^gx-[\w-]{71}$/);
    expect(first.output()).not.toContain('gx-');
    const [made, ready] = first
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(made).toMatchObject({ msg: expect.stringContaining('key'), keyFile: join(home, 'key') });
    expect(ready).toMatchObject({ msg: `listening on ${first.url}`, url: first.url, addresses: [first.url] });
    expect((await stat(join(home, 'key'))).mode & 0o777).toBe(0o600);

    expect(await first.stop()).toBe(0);
    expect(first.logs()).not.toContain(key);
    for (const file of ['gravix.db', 'gravix.db-wal']) {
      const bytes = await readFile(join(home, file)).catch(() => Buffer.alloc(0));
      expect(bytes.includes(key.slice(10))).toBe(false);
    }

    const second = await start();
    expect(second.output()).not.toContain('gx-');
    expect(
      (await complete({ ...second, key }, { messages: [user('Hi')], max_tokens: 1 })).usage,
    ).toBeDefined();
  });

  test('is not made where the environment has one, which is accepted', async () => {
    const server = await start({ GRAVIXLAYER_API_KEY: 'my-own-key' });
    expect(server.output()).not.toContain('gx-');
    await expect(stat(join(home, 'key'))).rejects.toThrow('ENOENT');
    expect((await post(server, { messages: [user('Hi')], max_tokens: 1 })).status).toBe(200);
    const refused = await post({ ...server, key: 'another' }, { messages: [user('Hi')], max_tokens: 1 });
    expect(refused.status).toBe(401);
    expect(server.logs()).not.toContain('my-own-key');
  });
});

test('a key made beside a running server counts at once, and a revoked one stops within two seconds', async () => {
  const server = await start();
  const environment = { GRAVIX_HOME: home };
  const created = await runCommand(['keys', 'create', '--name', 'laptop', '--json'], environment);
  expect(created).toMatchObject({ exit: 0, errors: '' });
  const { key, id } = JSON.parse(created.output);
  const ask = async () => (await post({ ...server, key }, { messages: [user('Hi')], max_tokens: 1 })).status;
  expect(await ask()).toBe(200);

  const listed = await runCommand(['keys', 'list'], environment);
  expect(listed.output).toMatch(/laptop/);
  expect(listed.output).not.toContain(key);

  expect((await runCommand(['keys', 'revoke', id], environment)).exit).toBe(0);
  await expect.poll(ask, { timeout: 20_000, interval: 100 }).toBe(401);
  expect((await runCommand(['keys', 'revoke', id], environment)).exit).toBe(1);
});

test('limits of requests are none of the start, and a context beyond the trained length has a line', async () => {
  const server = await startServerProcess({
    home,
    flags: [
      '--queue-length-max',
      '0',
      '--queue-wait-ms-max',
      '1',
      '--context-length',
      '16384',
      '--slots',
      '1',
    ],
  });
  servers.push(server);
  expect((await post(server, { messages: [user('Hi')], max_tokens: 1 })).status).toBe(200);
  await expect
    .poll(() => server.logs())
    .toMatch(/"contextLength":16384,"trainedContextLength":8192,"msg":"contextLength is beyond/);
});

describe('what fails at the start is one sentence and exit code 1', () => {
  async function expectSentence(sentence: RegExp, flags: readonly string[] = []): Promise<void> {
    const outcome = await runCommand(['serve', '--port', '0', ...flags], { GRAVIX_HOME: home });
    const lines = outcome.errors.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect({ exit: outcome.exit, lines }).toEqual({
      exit: 1,
      lines: [expect.stringMatching(/^gravix: .+\.$/)],
    });
    expect(lines[0]).toMatch(sentence);
    expect(outcome.output).not.toContain('listening');
    expect(outcome.errors).not.toMatch(/\n\s+at /);
  }

  test('the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expectSentence(/Another program uses port \d+\. .*--port or PORT/, ['--port', String(port)]);
    other.close();
  });

  test('the model file is shorter than it was', async () => {
    await replaceModelFile();
    await truncate(join(home, 'models', 'blobs', testModelBlob), 1_000_000);
    await expectSentence(/damaged.*gravix pull .* --force/);
  });

  test('the model file has other bytes than it had', async () => {
    const bytes = await replaceModelFile();
    bytes.fill(0, 50_000_000, 50_001_000);
    await writeFile(join(home, 'models', 'blobs', testModelBlob), bytes);
    await expectSentence(/damaged.*gravix pull .* --force/);
  });

  test('the model file is gone', async () => {
    await unlink(join(home, 'models', 'blobs', testModelBlob));
    await expectSentence(/damaged.*gravix pull .* --force/);
  });

  test('the data folder can not be written', async (context) => {
    if (process.getuid?.() === 0) {
      // Root may write anywhere: a file where the folder should be fails for everyone.
      await rm(home, { recursive: true });
      await writeFile(home, '');
      await expectSentence(/\w/);
      return;
    }
    await chmod(home, 0o500);
    context.onTestFinished(() => chmod(home, 0o700));
    await expectSentence(/\w/);
  });

  test.each([
    ['slots: seven', /slots in config\.yaml/],
    ['colour: green', /unknown setting: colour/],
    ['- a\n- b', /must be a mapping/],
    ['port: [', /not valid YAML/],
    ['aliases:\n  other: nobody', /alias other stands for nobody/],
    ['model: nobody', /There is no model nobody/],
  ])('config.yaml with %j', async (yaml, sentence) => {
    await writeConfig(home, yaml);
    await expectSentence(sentence);
  });

  test('what is a limit names its setting and its numbers, and blames no file', async () => {
    const flags = ['--model-memory-bytes-max', '50000000'];
    await expectSentence(/needs about 0\.\d\d GB .* may have 0\.05 GB \(modelMemoryBytesMax\)/, flags);
    await expectSentence(/^(?!.*damaged)/, flags);
  });

  test('a key file that holds no key', async () => {
    await writeFile(join(home, 'key'), 'no key', { mode: 0o600 });
    await expectSentence(/holds no Gravix key/);
  });

  /** Puts a copy in place of the link to the tests' common model, to be spoilt. */
  async function replaceModelFile(): Promise<Buffer> {
    const path = join(home, 'models', 'blobs', testModelBlob);
    const bytes = await readFile(testModelPath());
    await unlink(path);
    await writeFile(path, bytes);
    return bytes;
  }
});
