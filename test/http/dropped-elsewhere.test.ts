// What other servers take and then forget, each an open complaint there: here the backend gets it, or the client is told.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callTools, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody, postChat, toEventTexts } from './requests.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: { good: sayTexts('Hi'), calling: callTools(['get_time', '{"zone":', '"CET"}']) },
    aliases: { other: 'good' },
  });
});

afterAll(() => app.close());

const strict = { 'x-compat': 'strict' };
const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object' } },
}));

/** The one request that the backend gets for these fields. */
async function requestOf(fields: object, model = 'good') {
  const answer = await postChat(app, chatBody(model, fields), { headers: strict });
  expect(answer.status, await answer.text()).toBe(200);
  return app.backend(model).requests.at(-1);
}

describe('the backend gets', () => {
  test.each<[object, object]>([
    [{ max_completion_tokens: 7 }, { maxTokens: 7 }],
    [{ max_tokens: 7 }, { maxTokens: 7 }],
    [{ top_k: 3 }, { sampling: { topK: 3 } }],
    [{ min_p: 0.25 }, { sampling: { minP: 0.25 } }],
    [{ frequency_penalty: -1.5 }, { sampling: { frequencyPenalty: -1.5 } }],
    [{ presence_penalty: 0.5 }, { sampling: { presencePenalty: 0.5 } }],
    [{ repetition_penalty: 1.2 }, { sampling: { repetitionPenalty: 1.2 } }],
    [{ repeat_penalty: 1.2 }, { sampling: { repetitionPenalty: 1.2 } }],
    [{ logprobs: true, top_logprobs: 4 }, { topLogprobs: 4 }],
    [{ stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
    [{ seed: 4_294_967_296 }, { sampling: { seed: 4_294_967_296 } }],
  ])('%j', async (fields, received) => {
    expect(await requestOf(fields)).toMatchObject(received);
  });

  test('logit_bias', async () => {
    const request = await requestOf({ logit_bias: { 7: -100, 8: 2.5 } });
    expect([...(request?.sampling.logitBias ?? [])]).toEqual([
      [7, -100],
      [8, 2.5],
    ]);
  });

  test('n', async () => {
    const before = app.backend('good').requests.length;
    await requestOf({ n: 3 });
    expect(app.backend('good').requests.length - before).toBe(3);
  });

  test.each<[unknown, object]>([
    [
      { type: 'function', function: { name: 'get_time' } },
      { choice: 'required', callableNames: ['get_time'], isParallel: false },
    ],
    ['required', { choice: 'required', callableNames: ['get_weather', 'get_time'] }],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'get_time' } }] },
      },
      { choice: 'auto', callableNames: ['get_time'] },
    ],
  ])('tool_choice %j', async (tool_choice, toolUse) => {
    expect((await requestOf({ tools, tool_choice }, 'calling'))?.toolUse).toMatchObject(toolUse);
  });
});

test.each(['good', 'other'])(
  'every chunk has the name that was asked for, and one time: %s',
  async (model) => {
    const answer = await postChat(app, chatBody(model, { stream: true, n: 2 }));
    const texts = toEventTexts(await answer.text());
    expect(texts.pop()).toBe('[DONE]');
    const chunks = texts.map((text) => JSON.parse(text));
    expect(chunks.length).toBeGreaterThan(4);
    expect(new Set(chunks.map((chunk) => chunk.model))).toEqual(new Set([model]));
    expect(new Set(chunks.map((chunk) => chunk.created)).size).toBe(1);
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  },
);

describe("tools that do not parse are the client's to mend", () => {
  test.each<[unknown, string]>([
    ['get_time', 'tools'],
    [[null], 'tools[0]'],
    [['get_time'], 'tools[0]'],
    [[{}], 'tools[0].type'],
    [[{ type: 'function' }], 'tools[0].function'],
    [[{ type: 'function', function: {} }], 'tools[0].function.name'],
    [[{ type: 'function', function: { name: 'a b' } }], 'tools[0].function.name'],
    [
      [{ type: 'function', function: { name: 'f', parameters: '{"type":"object"}' } }],
      'tools[0].function.parameters',
    ],
    [[{ type: 'function', function: { name: 'f', parameters: [] } }], 'tools[0].function.parameters'],
  ])('%j', async (broken, param) => {
    const answer = await postChat(app, chatBody('calling', { tools: broken }));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(JSON.parse(await answer.text()).error).toMatchObject({ type: 'invalid_request_error', param });
  });
});

/** As the API's former SDKs read a stream: an empty piece of arguments becomes `{}`, a line that is no JSON is skipped. */
function readAsOldClient(stream: string): { name: string; text: string }[] {
  const calls: { name: string; text: string }[] = [];
  for (const event of toEventTexts(stream)) {
    if (event === '[DONE]') continue;
    for (const piece of JSON.parse(event).choices[0]?.delta.tool_calls ?? []) {
      const call = calls[piece.index] ?? { name: '', text: '' };
      calls[piece.index] = call;
      call.name += piece.function.name ?? '';
      call.text += piece.function.arguments || '{}';
    }
  }
  return calls;
}

test("the API's former SDKs read a call whole", async () => {
  const body = chatBody('calling', { tools, stream: true, stream_options: { include_usage: true } });
  const calls = readAsOldClient(await (await postChat(app, body)).text());
  expect(calls).toEqual([{ name: 'get_time', text: '{"zone":"CET"}' }]);
});
