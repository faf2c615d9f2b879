import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestHome, runCommand, type ServerProcess, startServerProcess } from '../server-process.ts';
import { testModelPath } from '../test-model.ts';
import { complete, post, user } from './chat-client.ts';

const first = 'smollm2:135m-instruct-q4_1';
const second = 'copy:latest';

let home: string;
let server: ServerProcess;

beforeAll(async () => {
  home = await createTestHome();
  await pullCopy('copy.gguf', second);
  const flags = ['--context-length', '512', '--slots', '2', '--loaded-models-max', '1'];
  server = await startServerProcess({ home, flags });
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

/** The same model again, under another name: the library keeps one file of both. */
async function pullCopy(file: string, name: string): Promise<void> {
  const path = join(home, file);
  await copyFile(testModelPath(), path);
  const { exit, errors } = await runCommand(['pull', path, '--name', name], { GRAVIX_HOME: home });
  expect(errors + exit).toMatch(/0$/);
}

function send(method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${server.url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function stateOf(model: string): Promise<unknown> {
  const answer = await send('GET', `models/${model}`);
  return ((await answer.json()) as { state: unknown }).state;
}

const ask = (model: string, more: object = {}) =>
  complete(server, { model, messages: [user('Say hi.')], temperature: 0, max_tokens: 8, ...more });

test('a request loads its model, and the one that has no place any more leaves', async () => {
  expect([await stateOf(first), await stateOf(second)]).toEqual(['ready', 'unloaded']);
  const [one, other] = [await ask(first), await ask(second)];
  expect(other.choices[0]?.message.content).toBe(one.choices[0]?.message.content);
  expect([await stateOf(first), await stateOf(second)]).toEqual(['unloaded', 'ready']);
});

test('requests for both at once are all served, in turns', async () => {
  const names = [first, second, first, second, first, second];
  const answers = await Promise.all(names.map((name) => ask(name)));
  expect(new Set(answers.map(({ choices }) => choices[0]?.message.content)).size).toBe(1);
  expect(answers).toHaveLength(names.length);
});

test('the listing tells what each model can do', async () => {
  const list = (await (await send('GET', 'models')).json()) as { data: Record<string, unknown>[] };
  // The default comes first.
  expect(list.data.map(({ id }) => id)).toEqual([first, second]);
  expect(list.data[0]).toMatchObject({
    architecture: 'llama',
    quantization: 'Q4_1',
    parameter_count: 134_515_008,
    license: 'Apache-2.0',
    context_length: 512,
    capabilities: { chat: true, embeddings: false, reasoning: false },
    supported_parameters: expect.arrayContaining(['tools', 'response_format', 'logprobs']),
  });
});

test('a model is loaded ahead, unloaded, and removed; one that was pulled meanwhile is there', async () => {
  expect((await send('POST', 'models/load', { model: second, keep_alive: -1 })).status).toBe(200);
  expect(await stateOf(second)).toBe('ready');
  expect((await send('POST', 'models/unload', { model: second })).status).toBe(200);
  expect([await stateOf(first), await stateOf(second)]).toEqual(['unloaded', 'unloaded']);
  const removed = await send('DELETE', `models/${second}`);
  // The other name has the same file, so that the disk got back next to nothing.
  expect(await removed.json()).toMatchObject({ id: second, deleted: true, freed_bytes: 0 });
  expect((await post(server, { model: second, messages: [user('Hi')] })).status).toBe(404);
  await pullCopy('third.gguf', 'third:latest');
  expect((await ask('third:latest')).choices).toHaveLength(1);
});

test('a model whose file is gone is unavailable, and the server stays', async () => {
  await pullCopy('fourth.gguf', 'fourth:latest');
  await rm(join(home, 'models', 'blobs'), { recursive: true });
  const answer = await post(server, { model: 'fourth:latest', messages: [user('Hi')] });
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { code: 'model_unavailable' } });
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});
