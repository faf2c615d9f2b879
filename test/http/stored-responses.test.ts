import type { OpenAI } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textContent } from '../../src/backend/message-content.ts';
import { createOpenAiClient } from '../create-openai-client.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import type { Sent } from './requests.ts';
import {
  input,
  readError,
  sendTo,
  startResponsesApp,
  toEvents,
  toJson,
  tools,
} from './scripted-responses.ts';

let app: TestApp;
let client: OpenAI;
const disk = { isFull: false };

beforeAll(async () => {
  app = await startResponsesApp(disk);
  client = createOpenAiClient(app);
});

afterAll(() => app.close());

function send(path: string, body?: unknown, sent?: Sent): Promise<Response> {
  return sendTo(app, path, body, sent);
}

describe('a conversation', () => {
  test('goes on from an earlier response, without its instructions', async () => {
    const first = await client.responses.create({
      model: 'thinking',
      input: 'Weather?',
      tools,
      instructions: 'Be brief.',
    });
    const second = await client.responses.create({
      model: 'good',
      previous_response_id: first.id,
      instructions: 'Be kind.',
      input: [{ type: 'function_call_output', call_id: 'call_0', output: 'rain' }],
    });
    expect(second.previous_response_id).toBe(first.id);
    const messages = [
      { role: 'system', content: textContent('Be kind.') },
      { role: 'user', content: textContent('Weather?') },
      {
        role: 'assistant',
        content: textContent('So'),
        toolCalls: [{ id: 'call_0', name: 'get_weather', argumentsText: '{}' }],
      },
      { role: 'tool', content: textContent('rain'), toolCallId: 'call_0' },
    ];
    expect(app.backend('good').requests.at(-1)).toMatchObject({ prompt: { messages } });
    // Removing the beginning takes nothing from what went on from it.
    await client.responses.delete(first.id);
    await client.responses.create({ model: 'good', previous_response_id: second.id, input: 'And now?' });
    expect(app.backend('good').requests.at(-1)).toMatchObject({
      prompt: {
        messages: [
          ...messages.slice(1),
          { role: 'assistant', content: textContent('Hello') },
          { role: 'user', content: textContent('And now?') },
        ],
      },
    });
  });

  test('may name its items, which then stand where they are named', async () => {
    const first = await client.responses.create({ model: 'thinking', input: 'Weather?', tools });
    const [thought, text, call] = first.output;
    const refer = (item: { readonly id?: string | undefined } | undefined) => ({
      type: 'item_reference',
      id: item?.id,
    });
    const asked = await toJson(send(`/${first.id}/input_items`));
    const items = [
      refer(asked.data[0]),
      ...[refer(thought), { id: text?.id }, refer(call)],
      { type: 'function_call_output', call_id: 'call_0', output: 'rain' },
    ];
    const messages = [
      { role: 'user', content: textContent('Weather?') },
      { role: 'assistant', content: textContent('So'), toolCalls: [{ id: 'call_0', name: 'get_weather' }] },
      { role: 'tool', content: textContent('rain'), toolCallId: 'call_0' },
    ];
    const second = await toJson(send('', input('good', { input: items })));
    expect(app.backend('good').requests.at(-1)).toMatchObject({ prompt: { messages } });
    // What was stored names nothing any more.
    await client.responses.delete(first.id);
    const kept = await toJson(send(`/${second.id}/input_items?order=asc`));
    expect(kept.data.map(({ type }: { readonly type: string }) => type)).toEqual([
      ...['message', 'reasoning', 'message', 'function_call', 'function_call_output'],
    ]);
    const more = [{ type: 'item_reference', id: kept.data[0].id }];
    const third = input('good', { previous_response_id: second.id, input: more });
    expect((await send('', third)).status).toBe(200);
    expect((await send('/input_tokens', third)).status).toBe(200);
    const gone = { status: 404, code: 'response_not_found', param: 'input[0].id' };
    expect(await readError(send('', input('good', { input: more })))).toEqual(gone);
    expect(await readError(send('', input('good', { input: [refer({ id: 'msg_1' })] })))).toEqual(gone);
    const other = await app.keys.create({ name: 'other' });
    const foreign = { headers: { authorization: `Bearer ${other.key}` } };
    const own = input('good', { input: [refer(second.output[0])] });
    expect(await readError(send('', own, foreign))).toEqual(gone);
    expect((await send('', own)).status).toBe(200);
  });

  test('may be sent whole, as answers had it', async () => {
    const first = await client.responses.create({
      model: 'thinking',
      input: 'Weather?',
      tools,
      store: false,
    });
    const answer = await send('', {
      model: 'good',
      input: [
        { role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
        { role: 'user', content: 'Weather?' },
        ...first.output,
        { type: 'function_call_output', call_id: 'call_0', output: [{ type: 'input_text', text: 'rain' }] },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBeNull();
    expect(app.backend('good').requests.at(-1)).toMatchObject({
      prompt: {
        messages: [
          { role: 'system', content: textContent('Be brief.') },
          { role: 'user', content: textContent('Weather?') },
          {
            role: 'assistant',
            content: textContent('So'),
            reasoning: 'Hm.',
            toolCalls: [{ id: 'call_0' }],
          },
          { role: 'tool', content: textContent('rain'), toolCallId: 'call_0' },
          { role: 'assistant', content: textContent('No.') },
        ],
      },
    });
  });

  test('is listed item by item', async () => {
    const first = await client.responses.create({ model: 'good', input: 'One' });
    const second = await client.responses.create({
      model: 'good',
      input: [{ role: 'user', content: 'Two' }],
      previous_response_id: first.id,
    });
    const texts: string[] = [];
    const list = client.responses.inputItems.list(second.id, { limit: 2, order: 'asc' });
    for await (const item of list) {
      const [part] = item.type === 'message' ? item.content : [];
      texts.push(part !== undefined && 'text' in part ? part.text : '');
    }
    expect(texts).toEqual(['One', 'Hello', 'Two']);
    const [last] = (await client.responses.inputItems.list(second.id)).data;
    expect(last).toEqual({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'user',
      status: 'completed',
      content: [{ type: 'input_text', text: 'Two' }],
    });
  });
});

describe('a stored response', () => {
  test('is given back as it was, until it is removed', async () => {
    const metadata = { topic: 'a' };
    const made = await client.responses.create({ model: 'calling', input: 'a', tools, metadata });
    const { output_text: _text, ...kept } = await client.responses.retrieve(made.id);
    const { output_text: _same, _request_id: _id, ...answered } = made;
    expect(kept).toEqual(answered);
    await client.responses.delete(made.id);
    expect(await readError(send(`/${made.id}`))).toEqual({
      status: 404,
      code: 'response_not_found',
      param: 'response_id',
    });
  });

  test("is no other key's, and no chat completion", async () => {
    const { id } = await client.responses.create({ model: 'good', input: 'a' });
    const { key } = await app.keys.create({ name: 'other' });
    const headers = { authorization: `Bearer ${key}` };
    const notFound = { status: 404, code: 'response_not_found' };
    for (const path of [`/${id}`, `/${id}/input_items`]) {
      expect(await readError(send(path, undefined, { headers }))).toMatchObject(notFound);
    }
    expect(await readError(send(`/${id}`, undefined, { headers, method: 'DELETE' }))).toMatchObject(notFound);
    const body = input('good', { previous_response_id: id });
    expect(await readError(send('', body, { headers }))).toEqual({
      ...notFound,
      param: 'previous_response_id',
    });
    await expect(client.chat.completions.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  test('cannot be cancelled or streamed again', async () => {
    const { id } = await client.responses.create({ model: 'good', input: 'a' });
    await expect(client.responses.cancel(id)).rejects.toMatchObject({
      status: 400,
      code: 'invalid_value',
      param: 'response_id',
    });
    await expect(client.responses.cancel('resp_none')).rejects.toMatchObject({ status: 404 });
    expect(await readError(send(`/${id}?stream=true`))).toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param: 'stream',
    });
    expect((await send(`/${id}?stream=false&a=b`)).headers.get('x-ignored-params')).toBe('a');
    expect((await send(`/${id}?a=b`, undefined, { headers: { 'x-compat': 'strict' } })).status).toBe(400);
  });

  test('is none where it was not to be', async () => {
    const made = await client.responses.create({ model: 'good', input: 'a', store: false });
    expect(made).toHaveProperty('store', false);
    expect((await send(`/${made.id}`)).status).toBe(404);
  });

  test('is none on a full disk, and the answer says so', async () => {
    disk.isFull = true;
    try {
      const plain = await toJson(send('', input('good')));
      expect(plain).toMatchObject({ status: 'completed', store: false });
      const events = toEvents(await (await send('', input('good', { stream: true }))).text());
      expect(events.at(-1)?.event).toMatchObject({ type: 'response.completed', response: { store: false } });
      await expect
        .poll(() => app.logLines().filter(({ completionId }) => completionId === plain.id))
        .toHaveLength(1);
    } finally {
      disk.isFull = false;
    }
  });

  test('is refused where nothing may be kept, and never kept by default', async () => {
    const other = await startTestApp({
      models: { good: sayTexts('a') },
      storeLimits: { storedCompletionsMax: 0 },
    });
    try {
      const own = createOpenAiClient(other);
      expect(await own.responses.create({ model: 'good', input: 'a' })).toHaveProperty('store', false);
      await expect(own.responses.create({ model: 'good', input: 'a', store: true })).rejects.toMatchObject({
        status: 400,
        code: 'unsupported_parameter',
        param: 'store',
      });
    } finally {
      await other.close();
    }
  });
});
