// Tool calls: a real process, the real model, which knows no tools of its own.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRequest } from '../../test/create-request.ts';
import { startEngine } from '../../test/start-engine.ts';
import { testModelPath } from '../../test/test-model.ts';
import type { FinishEvent, GenerationEvent } from '../backend/generation-event.ts';
import { type ChatMessage, type GenerationRequest, neutralSampling } from '../backend/generation-request.ts';
import { textContent } from '../backend/message-content.ts';
import type { ToolDefinition, ToolUse } from '../backend/tool.ts';
import { compileArguments } from '../grammar/compile-arguments.ts';
import { grammarBytesMax } from '../grammar/gbnf/grammar-limits.ts';
import { toCallCharactersMax } from '../grammar/to-call-characters-max.ts';
import type { EngineClient } from './engine-client.ts';

const output: string[] = [];
let client: EngineClient;

beforeAll(async () => {
  client = await startEngine(testModelPath(), { contextLength: 2048 }, (event, detail) => {
    if (event !== 'engine-ready' && event !== 'engine-rested') {
      output.push(`${event}: ${detail}`);
    }
  });
});
afterAll(async () => {
  await client.close(1000);
});

const weather = createTool('get_weather', 'Tells the weather of a city.', {
  type: 'object',
  properties: {
    city: { type: 'string', maxLength: 30 },
    days: { type: 'integer', minimum: 1, maximum: 9 },
    unit: { enum: ['celsius', 'fahrenheit'] },
  },
  required: ['city', 'unit'],
  additionalProperties: false,
});
const time = createTool('get_time', 'Tells the time in a zone.', {
  type: 'object',
  properties: { zone: { enum: ['UTC', 'CET'] } },
  required: ['zone'],
  additionalProperties: false,
});

function createTool(
  name: string,
  description: string,
  parameters: object,
  charactersMax = 720,
): ToolDefinition {
  const { grammar } = compileArguments(parameters, 'json', charactersMax);
  return { name, description, parameters, isStrict: true, argumentsGrammars: [grammar] };
}

const required: ToolUse = {
  tools: [weather, time],
  choice: 'required',
  callableNames: ['get_weather', 'get_time'],
  isParallel: false,
};

const never = new AbortController().signal;

function generate(changes: Partial<GenerationRequest>) {
  const request = createRequest('What is the weather in Oslo?', {
    maxTokens: 300,
    toolUse: required,
    ...changes,
  });
  return collect(client.generate(request, never).events);
}

interface Answer {
  readonly content: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly argumentsText: string }[];
  readonly reason: FinishEvent['reason'];
  readonly deltas: number;
}

async function collect(events: AsyncIterable<GenerationEvent>): Promise<Answer> {
  let content = '';
  let deltas = 0;
  let reason: FinishEvent['reason'] | undefined;
  const calls: { id: string; name: string; argumentsText: string }[] = [];
  for await (const event of events) {
    if (event.type === 'text-delta') {
      content += event.text;
    } else if (event.type === 'tool-call-start') {
      expect(event.callIndex).toBe(calls.length);
      calls.push({ id: event.id, name: event.name, argumentsText: '' });
    } else if (event.type === 'tool-call-delta') {
      deltas += 1;
      expect(event.callIndex).toBe(calls.length - 1);
      const call = calls.at(-1);
      if (call !== undefined) {
        call.argumentsText += event.argumentsText;
      }
    } else if (event.type === 'finish') {
      reason = event.reason;
    }
  }
  if (reason === undefined) {
    throw new Error('a stream without a finish event');
  }
  return { content, calls, reason, deltas };
}

const drawn = (seed: number, temperature: number) => ({ ...neutralSampling, temperature, seed });

function expectWeather(argumentsText: string): void {
  const value = JSON.parse(argumentsText);
  expect(typeof value.city).toBe('string');
  expect(['celsius', 'fahrenheit']).toContain(value.unit);
  expect(Object.keys(value).every((key) => ['city', 'days', 'unit'].includes(key))).toBe(true);
}

describe('required', () => {
  test('is calls alone at every seed and temperature, with arguments that the schema takes', async () => {
    const names = new Set<string>();
    for (const temperature of [0, 0.8, 1.5]) {
      for (let seed = 0; seed < 3; seed++) {
        const { content, calls, reason } = await generate({ sampling: drawn(seed, temperature) });
        expect({ content, reason, calls: calls.length }).toEqual({
          content: '',
          reason: 'tool-calls',
          calls: 1,
        });
        const { name = '', argumentsText = '', id } = calls[0] ?? {};
        expect(id).toMatch(/^call_[0-9a-f]{24}$/);
        names.add(name);
        if (name === 'get_weather') {
          expectWeather(argumentsText);
        } else {
          expect(['UTC', 'CET']).toContain(JSON.parse(argumentsText).zone);
        }
      }
    }
    expect([...names].every((name) => ['get_weather', 'get_time'].includes(name))).toBe(true);
  });

  test.each(['get_weather', 'get_time'])('calls the one that may be called: %s', async (name) => {
    const { calls } = await generate({
      sampling: drawn(3, 1),
      toolUse: { ...required, callableNames: [name] },
    });
    expect(calls.map((call) => call.name)).toEqual([name]);
  });

  test('several calls in one answer have ids and arguments of their own', async () => {
    const counts = new Set<number>();
    for (let seed = 0; seed < 5; seed++) {
      const { content, calls, reason } = await generate({
        prompt: {
          kind: 'chat',
          messages: [{ role: 'user', content: textContent('What time is it in UTC, and in CET?') }],
        },
        sampling: drawn(seed, 1.2),
        toolUse: { ...required, callableNames: ['get_time'], isParallel: true },
      });
      expect({ content, reason }).toEqual({ content: '', reason: 'tool-calls' });
      expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
      for (const { argumentsText } of calls) {
        expect(['UTC', 'CET']).toContain(JSON.parse(argumentsText).zone);
      }
      counts.add(calls.length);
    }
    expect(Math.max(...counts)).toBeGreaterThan(1);
  });

  test('arguments come as they are made, and length is told where they are cut off', async () => {
    const whole = await generate({ toolUse: { ...required, callableNames: ['get_weather'] } });
    expect(whole.deltas).toBeGreaterThan(3);
    const cut = await generate({ toolUse: { ...required, callableNames: ['get_weather'] }, maxTokens: 22 });
    expect(cut.reason).toBe('length');
    expect(whole.calls[0]?.argumentsText.startsWith(cut.calls[0]?.argumentsText ?? 'none')).toBe(true);
    const begun = await generate({ toolUse: required, maxTokens: 4 });
    expect(begun).toMatchObject({ reason: 'length', content: '', calls: [] });
  });

  test('a text in a forced call is as long as its tokens have room for, and ends', async () => {
    const text = { type: 'string' };
    const parameters = { type: 'object', properties: { path: text, content: text } };
    const callCharactersMax = toCallCharactersMax(4_096, 8_192);
    const names = ['write_file'];
    const tools = names.map((name) =>
      createTool(name, 'Writes a file.', { ...parameters, required: ['path', 'content'] }, callCharactersMax),
    );
    const { calls, reason } = await generate({
      prompt: {
        kind: 'chat',
        messages: [{ role: 'user', content: textContent('Write a long story about a ship to ship.txt.') }],
      },
      toolUse: { ...required, tools, callableNames: names },
      maxTokens: 1_800,
    });
    expect(reason).toBe('tool-calls');
    const lengths = calls.map(({ argumentsText }) => JSON.parse(argumentsText).content.length);
    expect(Math.max(...lengths)).toBeGreaterThan(200);
  });

  test('a stop sequence does not cut a call', async () => {
    const { calls, reason } = await generate({ stop: ['"', '{', 'a'] });
    expect(reason).toBe('tool-calls');
    expect(() => JSON.parse(calls[0]?.argumentsText ?? '')).not.toThrow();
  });

  test('tools that are too large together are refused', async () => {
    const gbnf = `root ::= "{}" | "${'x'.repeat(grammarBytesMax * 0.6)}"\n`;
    const names = ['one', 'two'];
    const argumentsGrammars = [{ kind: 'object', notation: 'json', gbnf }] as const;
    const tools = names.map((name) => ({ ...time, name, argumentsGrammars }));
    const promise = generate({ toolUse: { ...required, tools, callableNames: names } });
    await expect(promise).rejects.toMatchObject({ code: 'unsupported_grammar' });
  });
});

describe('auto', () => {
  const auto: ToolUse = { ...required, choice: 'auto' };

  test('a plain question is answered in content, and stop sequences end it', async () => {
    const messages: ChatMessage[] = [
      { role: 'user', content: textContent('Write one sentence about the sea.') },
    ];
    const prompt = { kind: 'chat', messages } as const;
    const { content, calls, reason } = await generate({ prompt, toolUse: auto, maxTokens: 30 });
    expect(content).not.toBe('');
    expect(calls).toEqual([]);
    expect(['stop', 'length']).toContain(reason);
    const word = content.split(' ')[2] ?? '';
    const stopped = await generate({ prompt, toolUse: auto, maxTokens: 30, stop: [word] });
    expect(stopped.content).toBe(content.slice(0, content.indexOf(word)));
    expect(stopped.reason).toBe('stop');
  });

  test('what the model begins with the sign of a call becomes one that its schema takes', async () => {
    // This model knows no calls, but repeats a sign; without a grammar it goes on with anything.
    const answers: Answer[] = [];
    for (let seed = 0; seed < 4; seed++) {
      answers.push(
        await generate({
          prompt: {
            kind: 'chat',
            messages: [
              { role: 'user', content: textContent('Say <tool_call> and nothing else. Repeat: <tool_call>') },
              { role: 'assistant', content: textContent('<tool_call>') },
              { role: 'user', content: textContent('Again: <tool_call>') },
            ],
          },
          toolUse: auto,
          maxTokens: 100,
          sampling: drawn(seed, 0.3),
        }),
      );
    }
    const calls = answers.flatMap((answer) => answer.calls);
    expect(calls.length).toBeGreaterThan(0);
    // The grammar that holds them lets them be told as they are made.
    expect(Math.max(...answers.map(({ deltas }) => deltas))).toBeGreaterThan(3);
    for (const { name, argumentsText } of calls) {
      if (name === 'get_weather') {
        expectWeather(argumentsText);
      } else {
        expect(['UTC', 'CET']).toContain(JSON.parse(argumentsText).zone);
      }
    }
  });
});

test('auto beside a grammar: a call, or what the grammar lets through', async () => {
  const kinds = new Set<string>();
  for (let seed = 0; seed < 8; seed++) {
    const { content, calls, reason } = await generate({
      grammar: '# An answer.\nroot ::= "{" number "}" | "<no>"\nnumber ::= [0-9]{2}\n',
      toolUse: { ...required, choice: 'auto', callableNames: ['get_time'] },
      sampling: drawn(seed, 2),
    });
    kinds.add(reason);
    if (calls.length === 0) {
      expect(content).toMatch(/^(\{[0-9]{2}\}|<no>)$/);
      expect(reason).toBe('stop');
    } else {
      expect({ content, reason }).toEqual({ content: '', reason: 'tool-calls' });
    }
  }
  expect(kinds).toEqual(new Set(['stop', 'tool-calls']));
});

test('none: the model sees the tools, and what it says is content', async () => {
  const { content, calls } = await generate({ toolUse: { ...required, choice: 'none' }, maxTokens: 20 });
  expect(content).not.toBe('');
  expect(calls).toEqual([]);
});

test('a conversation with a call and its result goes on', async () => {
  const { content, reason } = await generate({
    prompt: {
      kind: 'chat',
      messages: [
        { role: 'user', content: textContent('What is the weather in Oslo?') },
        {
          role: 'assistant',
          content: textContent(''),
          toolCalls: [
            { id: 'call_1', name: 'get_weather', argumentsText: '{"city":"Oslo","unit":"celsius"}' },
          ],
        },
        { role: 'tool', content: textContent('{"sky":"snow","degrees":-4}'), toolCallId: 'call_1' },
      ],
    },
    toolUse: { ...required, choice: 'none' },
    maxTokens: 40,
  });
  expect(content).not.toBe('');
  expect(['stop', 'length']).toContain(reason);
});
