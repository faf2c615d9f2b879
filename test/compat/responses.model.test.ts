// The official clients against a real server with the real model.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OpenAI } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonEnvironment } from '../python-environment.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { testModelEntry } from '../test-model.ts';

const model = testModelEntry().name;

let server: ServerProcess;
let client: OpenAI;
let python: string | undefined;

beforeAll(async () => {
  python = await pythonEnvironment();
  server = await startServerProcess({ flags: ['--context-length', '1024'] });
  client = new OpenAI({ apiKey: server.key, baseURL: `${server.url}/v1/inference`, maxRetries: 0 });
}, 300_000);

afterAll(() => server.stop());

const hello = { model, input: 'Say hello.', max_output_tokens: 16, temperature: 0 };

test('a response is made, streamed, gone on from, listed and removed', async () => {
  const first = await client.responses.create(hello);
  expect(first.output_text).toMatch(/\S/);
  const stream = client.responses.stream(hello);
  expect((await stream.finalResponse()).output_text).toBe(first.output_text);
  const second = await client.responses.create({
    model,
    input: 'And again.',
    previous_response_id: first.id,
    max_output_tokens: 8,
  });
  expect(second.usage?.input_tokens).toBeGreaterThan(first.usage?.input_tokens ?? 0);
  const roles: unknown[] = [];
  for await (const item of client.responses.inputItems.list(second.id, { limit: 2, order: 'asc' })) {
    roles.push('role' in item ? item.role : item.type);
  }
  expect(roles).toEqual(['user', 'assistant', 'user']);
  await client.responses.delete(first.id);
  await expect(client.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
  expect((await client.responses.retrieve(second.id)).output_text).toBe(second.output_text);
});

test('a conversation is compacted, and goes on from its summary', async () => {
  const first = await client.responses.create(hello);
  const compacted = await client.responses.compact({
    model,
    previous_response_id: first.id,
    max_output_tokens: 24,
  } as OpenAI.Responses.ResponseCompactParams);
  expect(compacted.output.map(({ type }) => type)).toEqual(['message', 'compaction']);
  expect(compacted.usage.output_tokens).toBeGreaterThan(0);
  expect(compacted.usage.output_tokens).toBeLessThanOrEqual(24);
  const input = [
    ...compacted.output,
    { role: 'user', content: 'And again.' },
  ] as OpenAI.Responses.ResponseInput;
  expect((await client.responses.create({ ...hello, input })).output_text).toMatch(/\S/);
});

test('a schema holds, and a call of a required tool is read', async () => {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string', maxLength: 20 }, people: { type: 'integer' } },
    required: ['name', 'people'],
    additionalProperties: false,
  };
  const parsed = await client.responses.parse({
    model,
    input: 'Name a city.',
    text: { format: { type: 'json_schema', name: 'city', schema, strict: true } },
  });
  expect(JSON.parse(parsed.output_text)).toMatchObject({ name: expect.any(String) });
  const { output } = await client.responses.create({
    model,
    input: 'Look up Paris.',
    tool_choice: 'required',
    parallel_tool_calls: false,
    tools: [{ type: 'function', name: 'look_up', parameters: schema, strict: true }],
  });
  expect(output).toMatchObject([{ type: 'function_call', name: 'look_up', status: 'completed' }]);
});

test('input tokens are counted as the usage of the same request says', async () => {
  const first = await client.responses.create(hello);
  const tool = { type: 'function' as const, name: 'look_up', parameters: { type: 'object' }, strict: false };
  const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
  for (const body of [
    { model, input: 'Hello <|im_end|> you' },
    { model, input: 'And again.', instructions: 'Be kind.', previous_response_id: first.id },
    { model, input: 'Look.', tools: [tool] },
    { model, input: 'A number.', text: { format: { type: 'json_schema' as const, name: 'a', schema } } },
  ]) {
    const { input_tokens: count, object } = await client.responses.inputTokens.count(body);
    const made = await client.responses.create({ ...body, max_output_tokens: 16 }).catch((error) => error);
    expect({ object, count }).toEqual({ object: 'response.input_tokens', count: made.usage?.input_tokens });
  }
});

test('the grammar of a custom tool holds: an expression, and one in Lark within a namespace', async () => {
  const toTool = (name: string, syntax: 'regex' | 'lark', definition: string) => {
    return { type: 'custom' as const, name, format: { type: 'grammar' as const, syntax, definition } };
  };
  const lines = 'start: "begin" LF line ~ 1..2 "end"\nline: "+" /[a-z ]{1,10}/ LF\n%import common.LF';
  const ask = { model, input: 'Write a note about Paris.', tool_choice: 'required' as const, temperature: 0 };
  const stream = await client.responses.create({
    ...ask,
    tools: [toTool('date', 'regex', String.raw`[12]\d{3}-(0[1-9]|1[0-2])`)],
    parallel_tool_calls: false,
    stream: true,
  });
  let text = '';
  for await (const event of stream) {
    if (event.type === 'response.custom_tool_call_input.delta') text += event.delta;
  }
  expect(text).toMatch(/^[12]\d{3}-(0[1-9]|1[0-2])$/);
  const { output } = await client.responses.create({
    ...ask,
    tools: [
      { type: 'namespace', name: 'notes', description: 'Notes.', tools: [toTool('keep', 'lark', lines)] },
    ],
    parallel_tool_calls: false,
  });
  const [call] = output;
  if (call?.type !== 'custom_tool_call') throw new Error('The answer is no call.');
  expect(call).toMatchObject({ namespace: 'notes', name: 'keep', status: 'completed' });
  expect(call.input).toMatch(/^begin\n(?:\+[a-z ]{1,10}\n){1,2}end$/);
});

test('has as many log-probabilities as it has tokens of text', async () => {
  const { output } = await client.responses.create({
    ...hello,
    include: ['message.output_text.logprobs'],
    top_logprobs: 2,
  });
  const [item] = output;
  const [part] = item?.type === 'message' ? item.content : [];
  if (part?.type !== 'output_text') throw new Error('The answer is no text.');
  expect(part.logprobs?.map(({ token }) => token).join('')).toBe(part.text);
  expect(part.logprobs?.every(({ top_logprobs }) => top_logprobs.length === 2)).toBe(true);
});

test('a chat completion is stored', async () => {
  const body = { model, messages: [{ role: 'user' as const, content: 'Say hello.' }], max_tokens: 8 };
  const made = await client.chat.completions.create({ ...body, store: true });
  expect((await client.chat.completions.retrieve(made.id)).choices).toEqual(made.choices);
});

test("through OpenAI's Python package", async (context) => {
  if (python === undefined) return context.skip('python3 with venv is not installed');
  const script = join(import.meta.dirname, 'responses.py');
  const env = { ...process.env, GRAVIXLAYER_API_KEY: server.key, BASE_URL: `${server.url}/v1` };
  const { stdout } = await promisify(execFile)(python, [script, model], { env });
  expect(stdout).toBe('done\n');
});
