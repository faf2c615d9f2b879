import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textContent, toText } from '../../src/backend/message-content.ts';
import { messagesOf } from '../messages-of.ts';
import { callTools, finish, sayTexts, started, toolCallDelta, toolCallStart } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody, eventually, postChat, toEventTexts } from './requests.ts';

let app: TestApp;
let client: OpenAI;

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

function toTool(name: string, more: object = {}) {
  return { type: 'function', function: { name, parameters: schema, ...more } } as const;
}

const tools = [toTool('get_weather'), toTool('get_time')];

beforeAll(async () => {
  app = await startTestApp({
    models: {
      calling: callTools(['get_weather', '{"city":', '"Paris"}'], ['get_time', '{}']),
      once: callTools(['get_weather', '{"city":', '"Paris"}']),
      broken: callTools(['get_weather', '{"city":']),
      cut: () => [started, toolCallStart(0, 'get_weather'), toolCallDelta(0, '{"ci'), finish(2, 'length')],
      talking: sayTexts('Hi'),
      answering: (request) => {
        const last = messagesOf(request).at(-1);
        const script =
          last?.role === 'tool'
            ? sayTexts(toText(last.content))
            : callTools(['get_weather', '{"city":"Rome"}']);
        return script(request);
      },
    },
  });
  client = new OpenAI({ baseURL: `${app.url}/v1/inference`, apiKey: app.key, maxRetries: 0 });
});

afterAll(() => app.close());

async function ask(model: string, fields: object) {
  const answer = await postChat(app, chatBody(model, fields));
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
}

describe('a plain answer', () => {
  test('has the calls, and the tools went to the model', async () => {
    const { status, headers, body } = await ask('calling', { tools, tool_choice: 'required' });
    expect(status).toBe(200);
    expect(body.choices).toEqual([
      {
        index: 0,
        message: {
          role: 'assistant',
          content: null,
          refusal: null,
          tool_calls: [
            {
              id: 'call_0',
              type: 'function',
              function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
            },
            { id: 'call_1', type: 'function', function: { name: 'get_time', arguments: '{}' } },
          ],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ]);
    expect(headers.get('x-structured-attempts')).toBeNull();
    expect(app.backend('calling').requests.at(-1)?.toolUse).toMatchObject({
      tools: [
        { name: 'get_weather', parameters: schema, argumentsGrammars: [{ gbnf: 'root ::= "arguments"' }] },
        { name: 'get_time' },
      ],
      choice: 'required',
      callableNames: ['get_weather', 'get_time'],
      isParallel: true,
    });
  });

  test('that ran out of tokens is cut and says so', async () => {
    const { body } = await ask('cut', { tools: [toTool('get_weather', { strict: true })] });
    expect(body.choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { tool_calls: [{ function: { arguments: '{"ci' } }] },
    });
  });

  test('whose strict arguments stay invalid is 502', async () => {
    const { status, headers, body } = await ask('broken', {
      tools: [toTool('get_weather', { strict: true })],
    });
    expect(status).toBe(502);
    expect(headers.get('x-structured-attempts')).toBe('3');
    expect(headers.get('x-should-retry')).toBe('false');
    expect(body.error).toMatchObject({ code: 'invalid_structured_output', param: null });
    expect(body.error.message).toContain("In a call of 'get_weather': The answer is not JSON.");
  });

  test('of the deprecated form has function_call', async () => {
    const functions = [{ name: 'get_weather', parameters: schema }];
    const { body } = await ask('once', { functions, function_call: { name: 'get_weather' } });
    expect(body.choices[0]).toMatchObject({ finish_reason: 'function_call' });
    expect(body.choices[0].message).toEqual({
      role: 'assistant',
      content: null,
      refusal: null,
      function_call: { name: 'get_weather', arguments: '{"city":"Paris"}' },
    });
    const messages = [
      { role: 'user', content: 'Hello' },
      body.choices[0].message,
      { role: 'function', name: 'get_weather', content: 'rain' },
    ];
    expect((await ask('answering', { messages, functions })).body.choices[0].message).toMatchObject({
      content: 'rain',
    });
  });
});

describe('a stream', () => {
  test.each([
    [{ tools }, 'tool_calls', 5],
    [{ functions: [{ name: 'get_weather' }] }, 'function_call', 4],
  ])('of %j has one finish, and its usage last', async (fields, reason, chunkCount) => {
    const model = reason === 'tool_calls' ? 'calling' : 'once';
    const body = chatBody(model, { ...fields, stream: true, stream_options: { include_usage: true } });
    const texts = toEventTexts(await (await postChat(app, body)).text());
    expect(texts.pop()).toBe('[DONE]');
    const chunks = texts.map((text) => JSON.parse(text));
    expect(chunks.pop()).toMatchObject({ choices: [], usage: { prompt_tokens: 12 } });
    expect(chunks.map(({ usage }) => usage)).toEqual(Array(chunkCount).fill(null));
    expect(chunks.flatMap(({ choices }) => choices[0].finish_reason ?? [])).toEqual([reason]);
    expect(chunks[1].choices[0].delta).toMatchObject(
      reason === 'tool_calls'
        ? {
            tool_calls: [
              { index: 0, id: 'call_0', function: { name: 'get_weather', arguments: '{"city":' } },
            ],
          }
        : { function_call: { name: 'get_weather', arguments: '{"city":' } },
    );
  });

  test('whose strict arguments are invalid ends with an error in place of its finish', async () => {
    const body = chatBody('broken', { tools: [toTool('get_weather', { strict: true })], stream: true });
    const stream = await postChat(app, body);
    await expect(stream.text()).rejects.toThrow();
    await eventually(() =>
      app.logLines().some(({ streamErrorCode }) => streamErrorCode === 'invalid_structured_output'),
    );
  });
});

describe('beside a format', () => {
  const response_format = { type: 'json_schema', json_schema: { name: 'a', schema: {}, strict: true } };

  test.each([
    ['calling', 'auto', 200],
    ['talking', 'auto', 502],
    ['talking', 'none', 502],
  ])('%s with %s', async (model, tool_choice, status) => {
    expect((await ask(model, { tools, tool_choice, response_format })).status).toBe(status);
    expect(app.backend(model).requests.at(-1)?.grammar).toBe('root ::= "json-schema"');
  });
});

describe('refusals name the place in the body', () => {
  const parameters = { 'x-unsupported': 'properties.b' };
  const bad = toTool('bad', { parameters });
  const strictBad = { ...bad, function: { ...bad.function, strict: true } };

  test.each<[object, string]>([
    [{ tools: [...tools, strictBad] }, 'tools[2].function.parameters'],
    [{ tools: [strictBad], tool_choice: 'required' }, 'tools[0].function.parameters'],
  ])('%j', async (fields, base) => {
    for (const stream of [false, true]) {
      const { status, body } = await ask('talking', { ...fields, stream });
      expect(status).toBe(400);
      expect(body.error).toMatchObject({ code: 'unsupported_schema', param: `${base}.properties.b` });
    }
  });

  test.each<[object, string]>([
    [{ tools: [toTool('a'), bad] }, 'tools[1].function.parameters'],
    [{ tools: [toTool('a'), bad], tool_choice: 'required' }, 'tools[1].function.parameters'],
    [
      { tools: [bad], tool_choice: { type: 'function', function: { name: 'bad' } } },
      'tools[0].function.parameters',
    ],
    [{ functions: [{ name: 'bad', parameters }], function_call: { name: 'bad' } }, 'functions[0].parameters'],
  ])('and what nothing holds of tools that are not strict is named in a header: %j', async (fields, base) => {
    const { status, headers } = await ask('calling', fields);
    expect(status).toBe(200);
    expect(headers.get('x-structured-unenforced')).toBe(`${base}.properties.b`);
  });
});

describe("OpenAI's own client", () => {
  const messages = [{ role: 'user' as const, content: 'Weather?' }];

  test('runs tools until there is an answer, and sends back what it got', async () => {
    const cities: string[] = [];
    const runner = client.chat.completions.runTools(
      {
        model: 'answering',
        messages,
        tools: [
          {
            type: 'function',
            function: {
              name: 'get_weather',
              description: 'The weather.',
              parameters: schema,
              parse: (text: string): { city: string } => JSON.parse(text),
              function: ({ city }: { city: string }) => {
                cities.push(city);
                return `rain in ${city}`;
              },
            },
          },
        ],
      },
      { headers: { 'x-compat': 'strict' } },
    );
    expect(await runner.finalContent()).toBe('rain in Rome');
    expect(cities).toEqual(['Rome']);
    expect(app.backend('answering').requests.slice(-1).flatMap(messagesOf)).toEqual([
      { role: 'user', content: textContent('Weather?') },
      {
        role: 'assistant',
        content: textContent(''),
        toolCalls: [{ id: 'call_0', name: 'get_weather', argumentsText: '{"city":"Rome"}' }],
      },
      { role: 'tool', content: textContent('rain in Rome'), toolCallId: 'call_0' },
    ]);
  });

  test('streams the arguments of each call', async () => {
    const seen: string[] = [];
    const stream = client.chat.completions
      .stream({ model: 'calling', messages, tools })
      .on('tool_calls.function.arguments.delta', ({ index, arguments_delta }) => {
        seen.push(`${index} ${arguments_delta}`);
      })
      .on('tool_calls.function.arguments.done', ({ name }) => {
        seen.push(`${name} done`);
      });
    const { choices } = await stream.finalChatCompletion();
    expect(seen).toEqual(['0 {"city":', '0 "Paris"}', 'get_weather done', '1 {}', 'get_time done']);
    expect(choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
  });
});
