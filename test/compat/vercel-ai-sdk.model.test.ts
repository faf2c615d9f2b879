import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  generateObject,
  generateText,
  type LanguageModel,
  Output,
  stepCountIs,
  streamObject,
  streamText,
  tool,
} from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const modelName = 'smollm2:135m-instruct-q4_1';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '1024'] });
});

afterAll(() => server.stop());

/** Both of its providers that speak chat completions, and the one for the Messages API. */
const providers: Readonly<Record<string, () => LanguageModel>> = {
  'openai-compatible': () =>
    createOpenAICompatible({
      name: 'gravix',
      baseURL: `${server.url}/v1/inference`,
      apiKey: server.key,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(modelName),
  'openai, chat': () =>
    createOpenAI({ baseURL: `${server.url}/v1/inference`, apiKey: server.key }).chat(modelName),
  anthropic: () => createAnthropic({ baseURL: `${server.url}/v1`, apiKey: server.key })(modelName),
};

/** Without retries, so that a failure shows. */
const settings = { temperature: 0, maxRetries: 0 };
const brief = { ...settings, maxOutputTokens: 20, prompt: 'Tell me about the sea.' };
const personSchema = z.object({ name: z.string().max(20), mood: z.enum(['happy', 'sad']) });
const formed = { ...settings, maxOutputTokens: 200, prompt: 'Describe Tom, who is happy.' };

describe.each(Object.entries(providers))('%s', (_, createModel) => {
  test('generateText', async () => {
    const result = await generateText({ model: createModel(), system: 'You are brief.', ...brief });
    expect(result.text).toMatch(/\w{3}/);
    expect(result.finishReason).toBe('length');
    expect(result.usage).toMatchObject({ outputTokens: 20 });
    expect(result.usage.inputTokens).toBeGreaterThan(5);
    expect(result.response.modelId).toBe(modelName);
    expect(result.warnings).toEqual([]);
  });

  test('streamText', async () => {
    const result = streamText({ model: createModel(), ...brief });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(5);
    expect(await result.text).toBe(pieces.join(''));
    expect(await result.finishReason).toBe('length');
    expect(await result.usage).toMatchObject({ outputTokens: 20 });
  });

  const weather = (cities: string[]) =>
    tool({
      description: 'The weather of a city.',
      inputSchema: z.object({ city: z.enum(['Paris', 'Rome']) }),
      execute: ({ city }) => {
        cities.push(city);
        return { degrees: 18 };
      },
    });
  const asking = {
    ...settings,
    maxOutputTokens: 100,
    prompt: 'What is the weather in Paris?',
    stopWhen: stepCountIs(2),
  };
  /** The small model seldom calls by itself: the first step must, and the second must not. */
  const prepareStep = ({ stepNumber }: { stepNumber: number }) => ({
    toolChoice: stepNumber === 0 ? ({ type: 'tool', toolName: 'get_weather' } as const) : ('none' as const),
  });

  test('a tool call, its execution, and the answer to its result', async () => {
    const cities: string[] = [];
    const tools = { get_weather: weather(cities) };
    const result = await generateText({ model: createModel(), ...asking, tools, prepareStep });
    expect(cities).toEqual([expect.stringMatching(/^(Paris|Rome)$/)]);
    expect(result.steps).toHaveLength(2);
    expect(result.steps[0]).toMatchObject({
      finishReason: 'tool-calls',
      toolResults: [{ toolName: 'get_weather', input: { city: cities[0] }, output: { degrees: 18 } }],
    });
    expect(result.text).toMatch(/\S/);
  });

  test('the same as a stream', async () => {
    const cities: string[] = [];
    const tools = { get_weather: weather(cities) };
    const result = streamText({ model: createModel(), ...asking, tools, prepareStep });
    const kinds: string[] = [];
    for await (const part of result.fullStream) {
      if (part.type === 'error') throw part.error;
      kinds.push(part.type);
    }
    expect(kinds).toEqual(
      expect.arrayContaining(['tool-input-start', 'tool-input-delta', 'tool-call', 'tool-result']),
    );
    expect(kinds.filter((kind) => kind === 'finish-step')).toHaveLength(2);
    expect(cities).toEqual([expect.stringMatching(/^(Paris|Rome)$/)]);
    expect(await result.text).toMatch(/\S/);
  });

  test('a call that is required, of a tool that is not named', async () => {
    const cities: string[] = [];
    const tools = { get_weather: weather(cities) };
    const stopWhen = stepCountIs(1);
    const result = await generateText({
      model: createModel(),
      ...asking,
      tools,
      stopWhen,
      toolChoice: 'required',
    });
    expect(result.finishReason).toBe('tool-calls');
    expect(result.toolCalls.length).toBeGreaterThan(0);
    expect(result.toolCalls.map(({ input }) => input)).toEqual(cities.map((city) => ({ city })));
  });

  test('generateObject', async () => {
    const result = await generateObject({ model: createModel(), ...formed, schema: personSchema });
    expect(personSchema.parse(result.object)).toEqual(result.object);
    expect(result.finishReason).toBe('stop');
    expect(result.warnings).toEqual([]);
  });

  test('streamObject', async () => {
    const result = streamObject({ model: createModel(), ...formed, schema: personSchema });
    const partial: unknown[] = [];
    for await (const piece of result.partialObjectStream) partial.push(piece);
    expect(partial.length).toBeGreaterThan(1);
    expect(await result.object).toEqual(partial.at(-1));
  });

  test('generateText with an output of its own', async () => {
    const output = Output.choice({ options: ['yes', 'no'] });
    const result = await generateText({ model: createModel(), ...formed, prompt: 'Is it wet?', output });
    expect(['yes', 'no']).toContain(result.output);
  });
});
