// What an upstream is asked, and what its answers are read as.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noUsage } from '../../src/backend/generation-event.ts';
import { textContent } from '../../src/backend/message-content.ts';
import { askedTools, createRequest, untouched } from '../create-request.ts';
import { chatBody, postChat } from '../http/requests.ts';
import {
  chunk,
  completion,
  events,
  jsonHead,
  sseHead,
  wholeBody,
  wholeHead,
  wholeText,
} from './answer-texts.ts';
import { faultyBehaviours } from './behaviours.ts';
import type { Behaviour, Turn } from './faulty-upstream.ts';
import { readText, startUpstreamSetup, type UpstreamSetup } from './upstream-setup.ts';

const asked: Turn[] = [];
const recorded: Behaviour = (turn) => {
  asked.push(turn);
  turn.response.writeHead(200, wholeHead(turn.isStreamed));
  turn.response.end(wholeBody(turn.isStreamed));
};

/** Of the first tool. */
function toStrict(body: Turn['body']): string {
  const [tool] = body['tools'] as readonly { readonly function: { readonly strict?: boolean } }[];
  return String(tool?.function.strict);
}

const behaviours: Readonly<Record<string, Behaviour>> = {
  ...faultyBehaviours,
  recorded,
  'cut with counts': ({ response }) => {
    response.writeHead(200, sseHead);
    const counts = (made: number) => ({
      usage: { prompt_tokens: 40, completion_tokens: made, total_tokens: 40 + made },
    });
    response.write(events(chunk({ delta: { role: 'assistant', content: '' } }, counts(0))));
    response.write(events(chunk({ delta: { content: 'many tokens in one piece' } }, counts(7))));
  },
  'short context': (turn) => {
    asked.push(turn);
    const { body, response } = turn;
    const isLimited = body['max_tokens'] !== undefined || body['max_completion_tokens'] !== undefined;
    response.writeHead(isLimited ? 400 : 200, jsonHead);
    const message =
      'max_tokens=4000 cannot be greater than max_model_len=2048. Please request fewer output tokens. (parameter=max_tokens, value=4000)';
    response.end(
      isLimited ? JSON.stringify({ error: { message, type: 'BadRequestError', code: 400 } }) : wholeText,
    );
  },
  'no such schema': (turn) => {
    asked.push(turn);
    const { body, response } = turn;
    const isTooLong = body['max_completion_tokens'] !== undefined;
    const message = isTooLong
      ? 'max_tokens=4000 cannot be greater than max_model_len=2048. Please request fewer output tokens. (parameter=max_tokens, value=4000)'
      : "Invalid grammar specification: 'triggers'";
    const isRefused = isTooLong || toStrict(body) === 'true';
    response.writeHead(isRefused ? 400 : 200, jsonHead);
    response.end(
      isRefused ? JSON.stringify({ error: { message, type: 'BadRequestError', code: 400 } }) : wholeText,
    );
  },
  'two choices': ({ response, body }) => {
    response.writeHead(200, jsonHead);
    const choices = [0, 1].map((index) => ({
      index,
      message: { role: 'assistant', content: `${index} of ${body['n']}` },
      finish_reason: 'stop',
    }));
    response.end(JSON.stringify({ ...completion(), choices }));
  },
};

let setup: UpstreamSetup;
let createBackend: UpstreamSetup['createBackend'];

beforeAll(async () => {
  setup = await startUpstreamSetup(behaviours);
  ({ createBackend } = setup);
});
afterAll(() => setup.close());

test('what an upstream is sent, and what it is not', async () => {
  const router = createBackend('recorded', {}, { mode: 'router' });
  const own = createBackend('recorded', {}, { mode: 'router', projectHeader: 'x-project' });
  const app = await setup.startApp({ router, own });
  asked.length = 0;
  const headers = { cookie: 'a=b', 'x-forwarded-for': '1.2.3.4', 'openai-organization': 'org' };
  expect((await postChat(app, chatBody('router'), { headers })).status).toBe(200);
  expect((await postChat(app, chatBody('own', { stream: true }), { headers })).status).toBe(200);
  const [plain, streamed] = asked;
  expect(plain?.headers).toEqual({
    accept: 'application/json, text/event-stream',
    'accept-encoding': 'identity',
    authorization: 'Bearer sk-up',
    connection: 'keep-alive',
    'content-length': expect.any(String),
    'content-type': 'application/json',
    host: setup.server.baseUrl.host,
    'user-agent': 'gravix',
    'x-gateway-inference-fairness-id': 'default',
    'x-request-id': expect.stringMatching(/^req_[0-9a-f]+$/),
  });
  expect(plain?.body).not.toHaveProperty('stream');
  expect(streamed?.headers).toMatchObject({ 'x-project': 'default' });
  expect(streamed?.body).toMatchObject({
    model: 'recorded',
    stream: true,
    stream_options: { include_usage: true, continuous_usage_stats: true },
  });
  expect(app.logText()).not.toContain('sk-up');
});

test('a plain answer is asked for as a stream where its first token has a time of its own', async () => {
  asked.length = 0;
  const backend = createBackend('recorded', { timeouts: { firstTokenMs: 5000 } });
  expect(await readText(backend.generate(createRequest('Hi', { isStreamed: false }), untouched()))).toBe(
    'Hello wörld',
  );
  expect(asked.map(({ isStreamed }) => isStreamed)).toEqual([true]);
  const hanging = createBackend('hang', { timeouts: { firstTokenMs: 100 } });
  await expect(
    readText(hanging.generate(createRequest('Hi', { isStreamed: false }), untouched())),
  ).rejects.toMatchObject({
    code: 'timeout',
    isRetryable: true,
    message: 'The upstream took too long to begin its answer.',
  });
});

test('the cost of an answer that is cut off is what the upstream said last', async () => {
  const backend = createBackend('cut with counts');
  const { events: stream, settled } = backend.generate(createRequest('Hi'), untouched());
  for await (const event of stream) if (event.type === 'text-delta') break;
  expect(await settled).toEqual({ ...noUsage, promptTokens: 40, completionTokens: 7 });
});

test('an upstream that refuses only the length of the answer is asked without it', async () => {
  asked.length = 0;
  const backend = createBackend('short context');
  const request = createRequest('Hi', { maxTokens: 4000, isStreamed: false });
  expect(await readText(backend.generate(request, untouched()))).toBe('Hello wörld');
  expect(asked).toHaveLength(2);
});

describe('an upstream that can hold no call to the parameters of a tool', () => {
  const tool = { name: 'f', description: undefined, parameters: { type: 7 }, isStrict: false };
  const forced = { ...askedTools, tools: [tool], choice: 'required' } as const;
  const strict = { ...forced, tools: [{ ...tool, isStrict: true }] } as const;

  test.each([
    ['is asked without our strict', forced, undefined, ['true', 'undefined']],
    [
      'is asked without our strict and without a limit, whatever it refuses first',
      forced,
      4000,
      ['true', 'true', 'undefined'],
    ],
    ['is not asked again if the client wants it so', strict, undefined, ['true']],
    [
      'is not asked for it where no call is forced',
      { ...forced, choice: 'auto' } as const,
      undefined,
      ['undefined'],
    ],
  ])('%s', async (_, toolUse, maxTokens, sent) => {
    asked.length = 0;
    const backend = createBackend('no such schema');
    const request = createRequest('Hi', { toolUse, maxTokens, isStreamed: false });
    const answer = readText(backend.generate(request, untouched()));
    if (toolUse === strict) await expect(answer).rejects.toMatchObject({ code: 'invalid_request' });
    else expect(await answer).toBe('Hello wörld');
    expect(asked.map(({ body }) => toStrict(body))).toEqual(sent);
  });
});

test('several choices are one request', async () => {
  const backend = createBackend('two choices');
  const before = setup.server.count('two choices');
  const generation = backend.generateChoices?.(createRequest('Hi', { isStreamed: false }), 2, untouched());
  const texts = ['', ''];
  for await (const { choice, event } of generation?.events ?? []) {
    if (event.type === 'text-delta') texts[choice] += event.text;
  }
  expect(texts).toEqual(['0 of 2', '1 of 2']);
  expect(setup.server.count('two choices')).toBe(before + 1);
  expect(await generation?.settled).toMatchObject({ promptTokens: 12, completionTokens: 3 });
});

test('the addresses of images go to a deployment that allows it, and are refused by name elsewhere', async () => {
  const source = { kind: 'address', url: 'https://example.com/cat.png' } as const;
  const content = [...textContent('What is this?'), { kind: 'image', source, detail: undefined } as const];
  const request = createRequest('', { prompt: { kind: 'chat', messages: [{ role: 'user', content }] } });
  const refusal = readText(createBackend('recorded').generate(request, untouched()));
  await expect(refusal).rejects.toMatchObject({
    code: 'unsupported_messages',
    place: { kind: 'message', index: 0, partIndex: 1 },
  });
  asked.length = 0;
  await readText(
    createBackend('recorded', { capabilities: { imageAddresses: true } }).generate(request, untouched()),
  );
  expect(JSON.stringify(asked[0]?.body)).toContain('https://example.com/cat.png');
});

test("the client's own fields go to a deployment that lets them through", async () => {
  const app = await setup.startApp({
    passing: createBackend('recorded', { passParameters: ['top_a', 'model'] }),
    other: createBackend('recorded'),
  });
  asked.length = 0;
  const passed = await postChat(app, chatBody('passing', { top_a: 0.5, mood: 'good' }));
  expect(passed.headers.get('x-ignored-params')).toBe('mood');
  const dropped = await postChat(app, chatBody('other', { top_a: 0.5 }));
  expect(dropped.headers.get('x-ignored-params')).toBe('top_a');
  expect(asked.map(({ body }) => [body['model'], body['top_a'], body['mood']])).toEqual([
    ['recorded', 0.5, undefined],
    ['recorded', undefined, undefined],
  ]);
});

const turns = { messages: [{ role: 'user', content: 'Hello' }] };

test.each([
  ['/chat/completions', turns],
  ['/completions', { prompt: 'Hello' }],
  ['/responses', { input: 'Hello' }],
  ['/messages', { ...turns, max_tokens: 16 }],
])("%s passes the client's own fields and the end of loops on", async (path, prompt) => {
  const app = await setup.startApp({
    passing: createBackend('recorded', { passParameters: ['top_a'] }, { kind: 'gravix' }),
  });
  for (const stream of [false, true]) {
    for (const repetition_stop of [false, true]) {
      asked.length = 0;
      const body = { model: 'passing', ...prompt, stream, top_a: 0.5, mood: 'good', repetition_stop };
      const answer = await postChat(app, JSON.stringify(body), { path: `/v1${path}` });
      // The scripted server answers in the form of chat.
      if (path !== '/completions') expect(answer.status).toBe(200);
      expect(asked[0]?.body).toMatchObject({ top_a: 0.5, repetition_stop });
      expect(asked[0]?.body).not.toHaveProperty('mood');
      if (path !== '/completions') expect(answer.headers.get('x-ignored-params')).toBe('mood');
      await answer.text().catch(() => '');
    }
  }
});
