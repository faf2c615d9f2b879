import OpenAI, { APIUserAbortError, NotFoundError } from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { findAccessLine } from './find-access-line.ts';

const model = 'smollm2:135m-instruct-q4_1';

let server: ServerProcess;
let client: OpenAI;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '1024'] });
  // Without retries, so that a failure shows.
  client = new OpenAI({ apiKey: server.key, baseURL: `${server.url}/v1/inference`, maxRetries: 0 });
});

afterAll(() => server.stop());

const brief = {
  model,
  messages: [{ role: 'user' as const, content: 'Tell me about the sea.' }],
  temperature: 0,
  max_tokens: 20,
};
const personSchema = z.object({ name: z.string().max(20), mood: z.enum(['happy', 'sad']) });
const formed = {
  model,
  messages: [{ role: 'user' as const, content: 'Describe Tom, who is happy.' }],
  response_format: zodResponseFormat(personSchema, 'person'),
  temperature: 0,
  max_tokens: 200,
};
const citySchema = z.object({ city: z.enum(['Paris', 'Rome']) });
const asked = { role: 'user' as const, content: 'What is the weather in Paris?' };
const calling = {
  model,
  messages: [asked],
  tools: [zodFunction({ name: 'get_weather', parameters: citySchema })],
  tool_choice: { type: 'function' as const, function: { name: 'get_weather' } },
  temperature: 0,
  max_tokens: 200,
};

test('zodResponseFormat, parsed', async () => {
  const { choices } = await client.chat.completions.parse(formed);
  expect(choices[0]?.finish_reason).toBe('stop');
  expect(personSchema.parse(choices[0]?.message.parsed)).toEqual(
    JSON.parse(choices[0]?.message.content ?? ''),
  );
});

test('zodFunction, parsed', async () => {
  const { choices } = await client.chat.completions.parse(calling);
  expect(choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
  const calls = choices[0]?.message.tool_calls ?? [];
  expect(calls).toHaveLength(1);
  expect(citySchema.safeParse(calls[0]?.function.parsed_arguments).success).toBe(true);
});

test('.stream(): the events of a text add up to the final completion', async () => {
  const stream = client.chat.completions.stream({
    ...brief,
    logprobs: true,
    stream_options: { include_usage: true },
  });
  const seen: string[] = [];
  let text = '';
  let tokens = 0;
  stream
    .on('connect', () => seen.push('connect'))
    .on('content', (delta, snapshot) => {
      text += delta;
      expect(snapshot).toBe(text);
    })
    .on('content.done', ({ content }) => seen.push(`done ${content === text}`))
    .on('logprobs.content.delta', ({ content }) => {
      tokens += content.length;
    })
    .on('end', () => seen.push('end'));
  const completion = await stream.finalChatCompletion();
  await stream.done();
  expect(seen).toEqual(['connect', 'done true', 'end']);
  expect(text).toMatch(/\w{3}/);
  expect(tokens).toBe(20);
  expect(completion.choices[0]).toMatchObject({ message: { content: text }, finish_reason: 'length' });
  expect(await stream.finalContent()).toBe(text);
  expect(await stream.totalUsage()).toMatchObject({ completion_tokens: 20 });
});

test('.stream(): a form is parsed at its end', async () => {
  const stream = client.chat.completions.stream(formed);
  let parsed: unknown;
  stream.on('content.done', (event) => {
    parsed = event.parsed;
  });
  const completion = await stream.finalChatCompletion();
  expect(personSchema.parse(parsed)).toEqual(completion.choices[0]?.message.parsed);
});

test('.stream(): the events of a tool call', async () => {
  const stream = client.chat.completions.stream(calling);
  const pieces: string[] = [];
  const done: unknown[] = [];
  stream
    .on('tool_calls.function.arguments.delta', (event) => pieces.push(event.arguments_delta))
    .on('tool_calls.function.arguments.done', (event) => done.push(event));
  const completion = await stream.finalChatCompletion();
  expect(pieces.length).toBeGreaterThan(1);
  expect(done).toEqual([
    expect.objectContaining({ index: 0, name: 'get_weather', arguments: pieces.join('') }),
  ]);
  expect(completion.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { tool_calls: [{ id: expect.stringMatching(/./), function: { arguments: pieces.join('') } }] },
  });
  expect(citySchema.safeParse(JSON.parse(pieces.join(''))).success).toBe(true);
});

test('.toReadableStream(): a stream that goes on to a browser arrives there whole', async () => {
  const stream = client.chat.completions.stream(brief);
  const relayed = ChatCompletionStream.fromReadableStream(stream.toReadableStream());
  expect(await relayed.finalContent()).toMatch(/\w{3}/);
  expect(await relayed.finalChatCompletion()).toMatchObject({ id: (await stream.finalChatCompletion()).id });
});

/** The small model seldom calls by itself, and a runner never stops while it must: a result lifts the duty. */
const fetchWithChoice: typeof fetch = (address, init) => {
  const body = JSON.parse(String(init?.body)) as { messages: { role: string }[] };
  const hasResult = body.messages.at(-1)?.role === 'tool';
  const steered = { ...body, tool_choice: hasResult ? 'none' : 'required', parallel_tool_calls: false };
  return fetch(address, { ...init, body: JSON.stringify(steered) });
};

for (const isStreamed of [false, true]) {
  test(`runTools goes the whole round (streamed: ${isStreamed})`, async () => {
    const cities: string[] = [];
    const { completions } = client.withOptions({ fetch: fetchWithChoice }).chat;
    const request = {
      model,
      messages: [asked],
      tools: [
        zodFunction({
          name: 'get_weather',
          description: 'The weather of a city.',
          parameters: citySchema,
          function: ({ city }) => {
            cities.push(city);
            return `18 degrees in ${city}`;
          },
        }),
      ],
      temperature: 0,
      max_tokens: 60,
    };
    const runner = isStreamed
      ? completions.runTools({ ...request, stream: true })
      : completions.runTools(request);
    expect(await runner.finalContent()).toMatch(/\S/);
    expect(cities).toEqual([expect.stringMatching(/^(Paris|Rome)$/)]);
    expect(runner.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
    expect(await runner.finalFunctionToolCallResult()).toBe(`18 degrees in ${cities[0]}`);
    expect(runner.allChatCompletions().map(({ choices }) => choices[0]?.finish_reason)).toEqual([
      'tool_calls',
      expect.stringMatching(/^(stop|length)$/),
    ]);
  });
}

test('withResponse gives the headers beside the completion', async () => {
  const answer = await client.chat.completions.create(brief).withResponse();
  expect(answer.request_id).toMatch(/./);
  expect(answer.response.headers.get('x-request-id')).toBe(answer.request_id);
  expect(Number(answer.response.headers.get('openai-processing-ms'))).toBeGreaterThanOrEqual(0);
  expect(answer.data).toMatchObject({ object: 'chat.completion', _request_id: answer.request_id });
  const streamed = await client.chat.completions.create({ ...brief, stream: true }).withResponse();
  expect(streamed.response.headers.get('x-request-id')).toBe(streamed.request_id);
  let chunks = 0;
  for await (const chunk of streamed.data) chunks += chunk.choices.length;
  expect(chunks).toBeGreaterThan(5);
});

/** The token that ends a message is forbidden: only the length would end this one. */
const endless = { ...brief, max_tokens: 900, logit_bias: { '2': -100 } };

test('a stream that is aborted ends there, and the server notices', async () => {
  const { data: stream, request_id: id } = await client.chat.completions
    .create({ ...endless, stream: true })
    .withResponse();
  let chunks = 0;
  for await (const _ of stream) {
    chunks += 1;
    if (chunks === 5) stream.controller.abort();
  }
  const line = await findAccessLine(server, id ?? '');
  expect(line).toMatchObject({ status: 200, isComplete: false });
  expect(line['completionTokens']).toBeLessThan(900);
});

test('a helper that is aborted says so', async () => {
  const stream = client.chat.completions.stream(endless);
  stream.once('content', () => stream.abort());
  await expect(stream.finalChatCompletion()).rejects.toThrow(APIUserAbortError);
  expect(stream.aborted).toBe(true);
});

test('errors are of the right class, with code, param and request id', async () => {
  const error: unknown = await client.chat.completions
    .create({ ...brief, model: 'nobody' })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  expect((error as NotFoundError).requestID).toMatch(/./);
});
