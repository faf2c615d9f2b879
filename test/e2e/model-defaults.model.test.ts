// A model of an Ollama registry with parameters and a system message: pulled, served, asked. Real processes, the real model.
import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOllamaRegistry } from '../catalog/ollama-registry.ts';
import {
  type CommandOutcome,
  createTestHome,
  runCommand,
  type ServerProcess,
  startServerProcess,
} from '../server-process.ts';
import { testModelPath } from '../test-model.ts';
import { complete, defaultModel, user } from './chat-client.ts';

const tuned = 'ollama:tuned:latest';
const systemText = 'You answer in capital letters.';
const parameters = { temperature: 0, stop: [' ', '<|im_end|>'], num_predict: 12, num_ctx: 4096 };

let home: string;
let pull: CommandOutcome;
let server: ServerProcess;

beforeAll(async () => {
  home = await createTestHome();
  const registry = await createOllamaRegistry({
    'library/tuned:latest': [
      { kind: 'model', content: await readFile(testModelPath()) },
      { kind: 'template', content: Buffer.from('{{ .System }}{{ .Prompt }}') },
      { kind: 'system', content: Buffer.from(systemText) },
      { kind: 'params', content: Buffer.from(JSON.stringify(parameters)) },
    ],
  });
  pull = await runCommand(['pull', 'ollama:tuned'], {
    GRAVIX_HOME: home,
    OLLAMA_REGISTRY: registry.endpoint,
  });
  await registry.close();
  const flags = ['--context-length', '512', '--slots', '2', '--model', tuned, '--loaded-models-max', '1'];
  server = await startServerProcess({ home, flags });
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

const question = user('Tell me a long story about the sea.');

/** Sends no temperature unless one is given. */
const ask = (body: object) =>
  complete(server, { model: tuned, messages: [question], temperature: undefined, ...body });

test('the pull says what of it is not used', () => {
  expect(pull.exit).toBe(0);
  expect(pull.errors).toContain('Its chat template is written for Ollama and is not used');
  expect(pull.errors).toContain('These defaults of the model are not used: num_ctx.');
});

test('clients learn them, also by the short name', async () => {
  const answer = await fetch(`${server.url}/v1/models/ollama:tuned`, {
    headers: { authorization: `Bearer ${server.key}` },
  });
  expect(await answer.json()).toMatchObject({
    id: tuned,
    default_parameters: { temperature: 0, stop: [' ', '<|im_end|>'], max_tokens: 12 },
    default_system_message: systemText,
  });
});

test('answers are drawn, stopped and cut as they say, and a request has the last word', async () => {
  const free = await ask({ stop: [] });
  expect(free.usage.completion_tokens).toBe(12);
  expect(free.choices[0].finish_reason).toBe('length');
  expect(await ask({ stop: [] })).toMatchObject({ choices: free.choices });
  const text = free.choices[0].message.content;
  expect(text.indexOf(' ')).toBeGreaterThan(0);
  expect((await ask({})).choices[0]).toMatchObject({
    message: { content: text.slice(0, text.indexOf(' ')) },
    finish_reason: 'stop',
  });
  const longer = await ask({ stop: [], max_tokens: 14 });
  expect(longer.usage.completion_tokens).toBe(14);
  expect(longer.choices[0].message.content.startsWith(text)).toBe(true);
});

test('the system message is that of the model, unless the request brings one', async () => {
  const limits = { temperature: 0, stop: [], max_tokens: 12 };
  const own = await ask({});
  const written = { ...limits, messages: [{ role: 'system', content: systemText }, question] };
  expect((await ask(written)).usage.prompt_tokens).toBe(own.usage.prompt_tokens);
  const other = await ask({ ...limits, messages: [{ role: 'system', content: 'Hi.' }, question] });
  expect(other.usage.prompt_tokens).toBeLessThan(own.usage.prompt_tokens);
  const plain = await complete(server, { ...written, model: defaultModel });
  expect(plain.usage.prompt_tokens).toBe(own.usage.prompt_tokens);
});
