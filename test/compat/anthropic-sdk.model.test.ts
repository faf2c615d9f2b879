// Anthropic's JavaScript SDK, and the same conversation in the three APIs, with the real model.
import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const model = 'smollm2:135m-instruct-q4_1';

let server: ServerProcess;
let client: Anthropic;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '2048'] });
  client = new Anthropic({ apiKey: server.key, baseURL: server.url, maxRetries: 0 });
});

afterAll(() => server.stop());

const asked = { role: 'user' as const, content: 'Tell me about the sea.' };
const brief = { model, max_tokens: 20, temperature: 0, messages: [asked] };
const citySchema = {
  type: 'object' as const,
  properties: { city: { enum: ['Paris', 'Rome'] } },
  required: ['city'],
};
const weather = { name: 'get_weather', description: 'The weather in a city.', input_schema: citySchema };

test('a message, and the stream of the same', async () => {
  const whole = await client.messages.create(brief);
  expect(whole).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 20 } });
  const stream = client.messages.stream(brief);
  let text = '';
  stream.on('text', (delta) => {
    text += delta;
  });
  const streamed = await stream.finalMessage();
  expect(text).toMatch(/\w{3}/);
  expect(streamed.content).toEqual(whole.content);
});

test('a stop sequence is named', async () => {
  const message = await client.messages.create({
    ...brief,
    max_tokens: 200,
    stop_sequences: ['nowhere', '.'],
  });
  expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: '.' });
});

test('an answer begun by the client is continued', async () => {
  const message = await client.messages.create({
    ...brief,
    messages: [
      { role: 'user', content: 'What is the capital of France?' },
      { role: 'assistant', content: 'The capital of France is' },
    ],
  });
  expect(message.content).toMatchObject([{ type: 'text', text: expect.stringMatching(/^ Paris/) }]);
});

test('a tool is called and its result is read', async () => {
  const params = {
    model,
    max_tokens: 100,
    temperature: 0,
    tools: [weather],
    messages: [{ role: 'user' as const, content: 'What is the weather in Paris?' }],
  };
  const first = await client.messages
    .stream({ ...params, tool_choice: { type: 'tool', name: 'get_weather' } })
    .finalMessage();
  expect(first.stop_reason).toBe('tool_use');
  expect(first.content).toMatchObject([
    { type: 'tool_use', name: 'get_weather', input: { city: expect.stringMatching(/^(Paris|Rome)$/) } },
  ]);
  const [call] = first.content;
  if (call?.type !== 'tool_use') throw new Error('The model made no call.');
  const second = await client.messages.create({
    ...params,
    tool_choice: { type: 'none' },
    messages: [
      ...params.messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: '18 degrees' }] },
    ],
  });
  expect(second.content).toMatchObject([{ type: 'text', text: expect.stringMatching(/\w/) }]);
});

test('structured outputs are valid', async () => {
  const schema = z.object({ name: z.string().max(20), mood: z.enum(['happy', 'sad']) });
  const message = await client.messages.parse({
    ...brief,
    max_tokens: 200,
    messages: [{ role: 'user', content: 'Describe Tom, who is happy.' }],
    output_config: { format: zodOutputFormat(schema) },
  });
  expect(message.stop_reason).toBe('end_turn');
  expect(schema.safeParse(message.parsed_output).success).toBe(true);
});

test('no tokens are generated with a limit of 0', async () => {
  const message = await client.messages.create({ ...brief, max_tokens: 0 });
  expect(message).toMatchObject({ content: [], stop_reason: 'max_tokens', usage: { output_tokens: 0 } });
});

test('a conversation has the same prompt tokens in all three APIs, and counted', async () => {
  const openai = new OpenAI({ apiKey: server.key, baseURL: `${server.url}/v1`, maxRetries: 0 });
  const system = 'Be brief.';
  const call = { name: 'get_weather', arguments: '{"city":"Paris"}' };
  const tool = { name: 'get_weather', description: weather.description, parameters: citySchema };
  const chat = await openai.chat.completions.create({
    model,
    max_tokens: 1,
    tools: [{ type: 'function', function: tool }],
    messages: [
      { role: 'system', content: system },
      asked,
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: call }] },
      { role: 'tool', tool_call_id: 'a', content: '18 degrees' },
      { role: 'user', content: 'And now?' },
    ],
  });
  const response = await openai.responses.create({
    model,
    max_output_tokens: 1,
    instructions: system,
    tools: [{ type: 'function', strict: false, ...tool }],
    input: [
      asked,
      { type: 'function_call', call_id: 'a', ...call },
      { type: 'function_call_output', call_id: 'a', output: '18 degrees' },
      { role: 'user', content: 'And now?' },
    ],
  });
  const params: Anthropic.MessageCountTokensParams = {
    model,
    system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
    tools: [weather],
    messages: [
      asked,
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'a', name: call.name, input: { city: 'Paris' } }],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: '18 degrees' },
          { type: 'text', text: 'And now?' },
        ],
      },
    ],
  };
  const { usage } = await client.messages.create({
    ...params,
    max_tokens: 1,
  } as Anthropic.MessageCreateParamsNonStreaming);
  const tokens = usage.input_tokens + (usage.cache_read_input_tokens ?? 0);
  expect(tokens).toBe(chat.usage?.prompt_tokens);
  expect(tokens).toBe(response.usage?.input_tokens);
  expect((await client.messages.countTokens(params)).input_tokens).toBe(tokens);
});

test('the second turn of an agent evaluates only what is new, whatever its billing line says', async () => {
  const rules = Array.from({ length: 40 }, (_, index) => `Rule ${index}: answer in at most ten words.`).join(
    '\n',
  );
  const turn = (hash: string, messages: Anthropic.MessageParam[]) =>
    client.messages.create({
      ...brief,
      system: [
        {
          type: 'text',
          text: `x-anthropic-billing-header: cc_version=2.1.117; cc_entrypoint=cli; cch=${hash};`,
        },
        { type: 'text', text: rules, cache_control: { type: 'ephemeral' } },
      ],
      messages,
    });
  const first = await turn('71fea', [asked]);
  const second = await turn('0be42', [
    asked,
    { role: 'assistant', content: first.content },
    { role: 'user', content: 'Go on.' },
  ]);
  const prompt = first.usage.input_tokens + (first.usage.cache_read_input_tokens ?? 0);
  expect(prompt).toBeGreaterThan(400);
  expect(second.usage.cache_read_input_tokens).toBeGreaterThanOrEqual(prompt);
  expect(second.usage.input_tokens).toBeLessThan(40);
});
