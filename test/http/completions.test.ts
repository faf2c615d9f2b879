// Text completions over a scripted backend, as the official SDK and as a bare client sees them.
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError, createContextOverflowError } from '../../src/backend/backend-error.ts';
import type { GenerationEvent } from '../../src/backend/generation-event.ts';
import type { GenerationRequest } from '../../src/backend/generation-request.ts';
import {
  finish,
  refuse,
  type Script,
  sayTexts,
  scriptedContextLength,
  started,
  textDelta,
} from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readOpenApi } from './read-openapi.ts';
import { postChat, readAny, toEventTexts } from './requests.ts';
import { createResponseValidator, type ResponseValidator } from './response-validator.ts';

let app: TestApp;
let client: OpenAI;
let findFault: ResponseValidator;

function textOf({ prompt }: GenerationRequest): string {
  switch (prompt.kind) {
    case 'chat':
      throw new Error('This is no raw prompt.');
    case 'text':
      return prompt.text;
    case 'tokens':
      return prompt.tokens.join('-');
  }
}

/** Says which prompt and which choice it is. */
const sayPrompt: Script = (request) => {
  const text = textOf(request);
  const { prompt, topLogprobs, id } = request;
  const bytes = [...Buffer.from('!')];
  const events: GenerationEvent[] = [started];
  if (prompt.kind !== 'chat' && prompt.isEchoed) events.push({ type: 'echo', text });
  const logprobs =
    topLogprobs === undefined ? {} : { logprobs: [{ text: '!', bytes, logprob: -0.5, top: [] }] };
  events.push(textDelta(`<${text}${/-\d+$/.exec(id)?.[0] ?? ''}>`), {
    type: 'text-delta',
    text: '!',
    ...logprobs,
  });
  return [...events, finish(2)];
};

const overflowing: Script = (request) =>
  textOf(request) === 'long'
    ? refuse(createContextOverflowError(10, 12, request.prompt.kind))(request)
    : sayPrompt(request);

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayPrompt,
      json: sayTexts('{"a', '":1}'),
      overflowing,
      unsuited: refuse(new BackendError('unsupported_model', 'This model makes embeddings.')),
      unfilled: refuse(new BackendError('unsupported_suffix', "Unsupported parameter: 'suffix'.")),
      unknown: refuse(new BackendError('unknown_prompt_token', 'Invalid token.')),
    },
  });
  client = new OpenAI({ baseURL: `${app.url}/v1/inference`, apiKey: app.key, maxRetries: 0 });
  const document = await readOpenApi(app);
  findFault = createResponseValidator(document, document.paths['/v1/completions']!['post']!);
});
afterAll(() => app.close());

function post(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return postChat(app, JSON.stringify(body), { path: '/v1/completions', headers });
}

test('a prompt is answered with text, and what is not said has its default', async () => {
  const completion = await client.completions.create({ model: 'good', prompt: 'Once' });
  expect(completion).toMatchObject({
    object: 'text_completion',
    model: 'good',
    choices: [{ index: 0, text: '<Once>!', logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 12, completion_tokens: 2, total_tokens: 14 },
  });
  expect(completion.id).toMatch(/^cmpl-[0-9a-f]{32}$/);
  expect(app.backend('good').requests.at(-1)).toMatchObject({
    prompt: { kind: 'text', text: 'Once', suffix: undefined, isEchoed: false },
    maxTokens: 16,
    topLogprobs: undefined,
    toolUse: undefined,
  });
});

test('every parameter reaches the backend', async () => {
  await client.completions.create({
    model: 'good',
    prompt: [1, 2, 3],
    max_tokens: 0,
    logprobs: 5,
    echo: true,
    stop: 'x',
    seed: 7,
    temperature: 0.5,
    top_p: 0.4,
    frequency_penalty: 1,
    presence_penalty: -1,
    logit_bias: { '5': 6 },
    user: 'someone',
  });
  expect(app.backend('good').requests.at(-1)).toMatchObject({
    prompt: { kind: 'tokens', tokens: [1, 2, 3], isEchoed: true },
    maxTokens: 0,
    topLogprobs: 5,
    stop: ['x'],
    cacheKey: 'someone',
    sampling: { temperature: 0.5, topP: 0.4, frequencyPenalty: 1, presencePenalty: -1, seed: 7 },
  });
  expect(app.backend('good').requests.at(-1)?.sampling.logitBias).toEqual(new Map([[5, 6]]));
});

test.each([
  ['texts', ['a', 'b', 'c', 'd', 'e', 'f'], ['a', 'b', 'c', 'd', 'e', 'f']],
  ['lists of tokens', [[1], [2, 3]], ['1', '2-3']],
])('several %s have their choices in order', async (_, prompt, texts) => {
  const { choices, usage } = await client.completions.create({ model: 'good', prompt, n: 2, echo: true });
  expect(choices.map(({ index }) => index)).toEqual(choices.map((_choice, index) => index));
  // The second choice of each prompt draws with a seed of its own and says so in its id.
  expect(choices.map(({ text }) => text)).toEqual(
    texts.flatMap((text, index) => {
      const own = index === 0 ? '' : `-${index}`;
      return [`${text}<${text}${own}>!`, `${text}<${text}-1>!`];
    }),
  );
  expect(usage).toMatchObject({ prompt_tokens: 12 * texts.length, completion_tokens: 4 * texts.length });
});

test('a stream has the same texts, one end for each choice, and the usage last', async () => {
  const body = { model: 'good', prompt: ['a', 'b'], n: 2, echo: true, logprobs: 1 };
  const plain = await readAny(await post(body));
  const answer = await post({ ...body, stream: true, stream_options: { include_usage: true } });
  const events = toEventTexts(await answer.text());
  expect(events.pop()).toBe('[DONE]');
  const chunks = events.map((text) => JSON.parse(text));
  for (const chunk of chunks) expect(findFault(200, 'text/event-stream', chunk)).toBeUndefined();
  expect(findFault(200, 'application/json', plain)).toBeUndefined();
  for (const choice of plain.choices) {
    const own = chunks.flatMap(({ choices }) => choices).filter(({ index }) => index === choice.index);
    expect(own.map(({ text }) => text).join('')).toBe(choice.text);
    expect(own.flatMap(({ logprobs }) => logprobs?.tokens ?? [])).toEqual(choice.logprobs.tokens);
    expect(own.filter(({ finish_reason }) => finish_reason !== null)).toHaveLength(1);
  }
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: plain.usage });
  expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
});

test('an answer may be asked for in a form', async () => {
  const completion = await readAny(
    await post({ model: 'json', prompt: 'a', response_format: { type: 'json_object' } }),
  );
  expect(completion.choices[0].text).toBe('{"a":1}');
  expect(app.backend('json').requests.at(-1)?.grammar).toBe('root ::= "json-object"');
});

describe('what is wrong', () => {
  const long = Array.from({ length: 65 }, () => 'a');
  test.each([
    [{ prompt: undefined }, 'missing_required_parameter', 'prompt'],
    [{ prompt: 5 }, 'invalid_type', 'prompt'],
    [{ prompt: [] }, 'empty_array', 'prompt'],
    [{ prompt: [[]] }, 'empty_array', 'prompt[0]'],
    [{ prompt: ['a', 1] }, 'invalid_type', 'prompt[1]'],
    [{ prompt: [1, 'a'] }, 'invalid_type', 'prompt[1]'],
    [{ prompt: [1, -1] }, 'integer_below_min_value', 'prompt[1]'],
    [{ prompt: [[1], [1.5]] }, 'invalid_type', 'prompt[1][0]'],
    [{ prompt: long, n: 2 }, 'invalid_value', 'prompt'],
    [{ logprobs: 6 }, 'integer_above_max_value', 'logprobs'],
    [{ logprobs: true }, 'invalid_type', 'logprobs'],
    [{ max_tokens: -1 }, 'integer_below_min_value', 'max_tokens'],
    [{ n: 3, best_of: 2 }, 'invalid_value', 'best_of'],
    [{ best_of: 2, stream: true }, 'invalid_value', 'best_of'],
    [{ echo: true, suffix: 'b' }, 'invalid_value', 'echo'],
    [{ stream_options: {} }, 'invalid_value', 'stream_options'],
    [{ repeat_penalty: 1.5, repetition_penalty: 1.2 }, 'invalid_value', 'repeat_penalty'],
    [{ logit_bias: { a: 1 } }, 'invalid_value', 'logit_bias'],
    [{ ignore_eos: true, guided_regex: 'a' }, 'unsupported_parameter', 'ignore_eos'],
    [{ min_tokens: 17 }, 'invalid_value', 'min_tokens'],
    [{ max_tokens: 5, max_completion_tokens: 6 }, 'invalid_value', 'max_tokens'],
    [{ max_output_tokens: 5 }, 'unsupported_parameter', 'max_output_tokens'],
    [{ guided_regex: 'a', guided_choice: ['a'] }, 'invalid_value', 'guided_choice'],
    [{ model: 'unsuited' }, 'unsupported_model', 'model'],
    [{ model: 'unfilled', suffix: 'b' }, 'unsupported_parameter', 'suffix'],
    [{ model: 'unknown', prompt: [9] }, 'invalid_value', 'prompt'],
    [{ model: 'overflowing', prompt: 'long' }, 'context_length_exceeded', 'prompt'],
    [{ model: 'overflowing', prompt: ['short', 'long'] }, 'context_length_exceeded', 'prompt'],
  ])('%j', async (change, code, param) => {
    const answer = await post({ model: 'good', prompt: 'a', ...change });
    const body = await readAny(answer);
    expect(answer.status).toBe(400);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', code, param });
    expect(findFault(400, 'application/json', body)).toBeUndefined();
  });

  test('an unknown model, and a body that is none', async () => {
    expect((await post({ model: 'nobody', prompt: 'a' })).status).toBe(404);
    for (const body of ['', '[]', '{']) {
      const answer = await postChat(app, body, { path: '/v1/inference/completions' });
      expect(answer.status).toBe(400);
    }
  });

  test('a later prompt that is too long is found before the stream begins', async () => {
    const prompt = ['short', 'word '.repeat(scriptedContextLength)];
    const answer = await post({ model: 'good', prompt, stream: true });
    expect(answer.status).toBe(400);
    expect((await readAny(answer)).error).toMatchObject({ code: 'context_length_exceeded', param: 'prompt' });
  });

  test('a later prompt that is refused as it comes breaks a stream off', async () => {
    const answer = await post({ model: 'overflowing', prompt: ['short', 'long'], stream: true });
    const text = await answer.text().catch(() => 'cut');
    expect(text).not.toContain('[DONE]');
  });

  test('a field that nobody knows is named, or refused where that was asked for', async () => {
    const body = {
      model: 'good',
      prompt: 'a',
      surprise: 1,
      messages: [],
      response_format: { type: 'text', b: 1 },
    };
    const answer = await post(body);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBe('surprise, messages, response_format.b');
    const strict = await post(body, { 'x-compat': 'strict' });
    expect(strict.status).toBe(400);
    expect((await readAny(strict)).error).toMatchObject({ code: 'unsupported_parameter', param: 'surprise' });
  });
});

test('the access log counts all prompts', async () => {
  await client.completions.create({ model: 'good', prompt: ['a', 'b'] });
  await expect
    .poll(() => app.logLines().at(-1))
    .toMatchObject({
      promptTokens: 24,
      completionTokens: 4,
      finishReason: 'stop',
    });
});
