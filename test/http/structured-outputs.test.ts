import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textContent } from '../../src/backend/message-content.ts';
import { finish, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import {
  chatBody,
  eventually,
  openRawConnection,
  postChat,
  rawHead,
  readJson,
  toEventTexts,
} from './requests.ts';

let app: TestApp;
let client: OpenAI;

const schema = { type: 'object', properties: { b: { type: 'string' }, a: { type: 'number' } } };
const strictFormat = toFormat({});
const invalidOutput = {
  message: expect.stringContaining('The answer is not JSON.'),
  type: 'server_error',
  param: null,
  code: 'invalid_structured_output',
};

function toFormat(more: object, strict = true) {
  const json_schema = { name: 'thing', strict, schema: { ...schema, ...more } };
  return { type: 'json_schema', json_schema } as const;
}

beforeAll(async () => {
  let turns = 0;
  app = await startTestApp({
    models: {
      good: sayTexts('{"b":"c",', '"a":1}'),
      bad: sayTexts('{"b":', '"c"'),
      cut: () => [started, textDelta('{"b":'), finish(1, 'length')],
      // The second attempt is the good one.
      better: () => {
        turns += 1;
        return [started, textDelta(turns % 2 === 1 ? '{' : '{}'), finish(2)];
      },
      // Silent in its second attempt.
      stuck: ({ sampling }) =>
        sampling.temperature === 0 ? [started, finish(1)] : [started, { type: 'wait-for-abort' }],
    },
  });
  client = new OpenAI({ baseURL: `${app.url}/v1/inference`, apiKey: app.key });
});

afterAll(() => app.close());

describe('a plain answer', () => {
  test('is valid, and its grammar and its schema went to the model', async () => {
    const answer = await postChat(app, chatBody('good', { response_format: strictFormat }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-structured-attempts')).toBe('1');
    expect(answer.headers.get('x-structured-unenforced')).toBeNull();
    const { choices } = await readJson(answer);
    expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '{"b":"c","a":1}' } });
    expect(app.backend('good').requests.at(-1)).toMatchObject({
      grammar: 'root ::= "json-schema"',
      outputFormat: { kind: 'json-schema', name: 'thing', schema, strict: true },
      prompt: {
        messages: [
          {
            role: 'system',
            content: textContent(`Answer with JSON that matches this JSON Schema: ${JSON.stringify(schema)}`),
          },
          { role: 'user', content: textContent('Hello') },
        ],
      },
    });
  });

  test('that was made anew says so, and counts what is returned', async () => {
    const answer = await postChat(app, chatBody('better', { guided_json: schema }));
    expect(answer.headers.get('x-structured-attempts')).toBe('2');
    const { choices, usage } = await readJson(answer);
    expect(choices[0]?.message.content).toBe('{}');
    expect(usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 2, total_tokens: 14 });
    await eventually(() => app.logLines().some(({ structuredAttempts }) => structuredAttempts === 2));
  });

  test('that a stop sequence may have cut says so', async () => {
    const body = chatBody('bad', { response_format: strictFormat, stop: ['}'] });
    const { error } = await readJson(await postChat(app, body));
    expect(error).toMatchObject({ code: 'invalid_structured_output' });
    expect(error?.message).toMatch(/ A stop sequence of the request may have cut the answer short\.$/);
  });

  test('that stays invalid is 502, and no SDK tries it again', async () => {
    const before = app.backend('bad').requests.length;
    const answer = await postChat(app, chatBody('bad', { response_format: strictFormat }));
    expect(answer.status).toBe(502);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(answer.headers.get('x-structured-attempts')).toBe('3');
    expect((await readJson(answer)).error).toEqual(invalidOutput);
    expect(app.backend('bad').requests.length - before).toBe(3);
  });

  test('that ran out of tokens is cut and says so', async () => {
    const answer = await postChat(app, chatBody('cut', { response_format: strictFormat }));
    expect(answer.status).toBe(200);
    const { choices } = await readJson(answer);
    expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '{"b":' } });
  });

  test('a client that leaves in the second attempt frees what it held', async () => {
    const backend = app.backend('stuck');
    const controller = new AbortController();
    const body = chatBody('stuck', { temperature: 0, response_format: { type: 'json_object' } });
    const posted = postChat(app, body, { signal: controller.signal }).catch((error: unknown) => error);
    await eventually(() => backend.requests.length === 2);
    controller.abort();
    await posted;
    await eventually(() => backend.running() === 0);
    expect(backend.endings.map(({ how }) => how)).toEqual(['finished', 'aborted']);
  });
});

describe('a stream', () => {
  test('that is valid ends as any other', async () => {
    const answer = await postChat(app, chatBody('good', { stream: true, response_format: strictFormat }));
    expect(answer.headers.get('x-structured-attempts')).toBe('1');
    const texts = toEventTexts(await answer.text());
    expect(texts.pop()).toBe('[DONE]');
    const choices = texts.map((text) => JSON.parse(text).choices[0]);
    expect(choices.map(({ delta }) => delta.content ?? '')).toEqual(['', '{"b":"c",', '"a":1}', '']);
    expect(choices.at(-1).finish_reason).toBe('stop');
  });

  test('that turns out invalid ends with one error event and without any finish', async () => {
    const { socket, closed } = openRawConnection(app.port);
    const body = chatBody('bad', { stream: true, response_format: strictFormat });
    socket.write(rawHead(app, [`Content-Length: ${body.length}`]) + body);
    const raw = await closed;
    socket.destroy();
    expect(raw).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(raw).not.toMatch(/"finish_reason":"|\[DONE\]|\r\n0\r\n/);
    const events = (raw.match(/data: .*/g) ?? []).map((event) => JSON.parse(event.slice('data: '.length)));
    expect(events).toHaveLength(4);
    expect(events.map((event) => event.choices?.[0].delta.content)).toEqual(['', '{"b":', '"c"', undefined]);
    expect(events.at(-1)).toEqual({ error: invalidOutput });
    await eventually(() =>
      app.logLines().some(({ streamErrorCode }) => streamErrorCode === 'invalid_structured_output'),
    );
  });
});

describe("OpenAI's own client", () => {
  const messages = [{ role: 'user', content: 'Hello' }] as const;

  test('parses a valid answer', async () => {
    const { choices } = await client.chat.completions.parse({
      model: 'good',
      messages: [...messages],
      response_format: strictFormat,
    });
    expect(choices[0]?.message.parsed).toEqual({ b: 'c', a: 1 });
  });

  test('throws in the loop of a stream that turns out invalid', async () => {
    const stream = await client.chat.completions.create({
      model: 'bad',
      messages: [...messages],
      stream: true,
      response_format: strictFormat,
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { choices } of stream) seen.push(choices[0]?.delta.content ?? '');
    })();
    await expect(reading).rejects.toMatchObject({ code: 'invalid_structured_output' });
    expect(seen.join('')).toBe('{"b":"c"');
  });

  test('throws for a schema that can not be enforced, and names the keyword', async () => {
    const before = app.backend('good').requests.length;
    const asking = client.chat.completions.create({
      model: 'good',
      messages: [...messages],
      response_format: toFormat({ 'x-unsupported': 'properties.b.pattern' }),
    });
    await expect(asking).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_schema',
      type: 'invalid_request_error',
      param: 'response_format.json_schema.schema.properties.b.pattern',
    });
    expect(app.backend('good').requests.length).toBe(before);
  });
});

test('a schema may name any property, also those that JavaScript knows', async () => {
  const schemaText =
    '{"properties":{"__proto__":{"type":"integer"},"constructor":{"prototype":{},"type":"string"}}}';
  const body = chatBody('good', { guided_json: 'SCHEMA' }).replace('"SCHEMA"', schemaText);
  const answer = await postChat(app, body);
  expect(answer.status).toBe(200);
  const format = app.compiler.formats.at(-1);
  expect(format?.kind === 'json-schema' && JSON.stringify(format.schema)).toBe(schemaText);
});

describe('refusals name the place in the body', () => {
  const unsupported = { 'x-unsupported': 'properties.b' };
  test.each<[object, string]>([
    [
      { response_format: { type: 'json_object', schema: unsupported } },
      'response_format.schema.properties.b',
    ],
    [{ structured_outputs: { json: unsupported } }, 'structured_outputs.json.properties.b'],
    [{ guided_json: JSON.stringify(unsupported) }, 'guided_json.properties.b'],
    [{ json_schema: unsupported }, 'json_schema.properties.b'],
    [{ guided_regex: '(a)\\1' }, 'guided_regex'],
    [{ response_format: { type: 'regex', pattern: '(a)\\1' } }, 'response_format.pattern'],
  ])('%j', async (fields, param) => {
    for (const stream of [false, true]) {
      const answer = await postChat(app, chatBody('good', { ...fields, stream }));
      expect(answer.status).toBe(400);
      expect(answer.headers.get('x-should-retry')).toBe('false');
      expect(JSON.parse(await answer.text())).toMatchObject({ error: { code: 'unsupported_schema', param } });
    }
  });
});

test.each([true, false])('what is not strict names what is not enforced (stream: %s)', async (stream) => {
  const checked = toFormat({ 'x-checked-afterwards': ['uniqueItems', 'properties.ü.not'] }, false);
  const answer = await postChat(app, chatBody('bad', { stream, response_format: checked }));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-structured-unenforced')).toBe('uniqueItems, properties._.not');
  expect(await answer.text()).toContain('"finish_reason":"stop"');
  const uncompiled = toFormat({ 'x-unsupported': 'properties.b' }, false);
  const fallback = await postChat(app, chatBody('good', { stream, response_format: uncompiled }));
  expect(fallback.headers.get('x-structured-unenforced')).toBe('properties.b');
  await fallback.text();
  expect(app.backend('good').requests.at(-1)?.grammar).toBe('root ::= "json-object"');
});
