// Anthropic's Messages API over sockets: its answers, its streams, and what the model is asked.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestApp } from '../start-test-app.ts';
import { postChat, readAny } from './requests.ts';
import { ask, sendMessage, startMessagesApp, tools } from './scripted-messages.ts';
import { toEvents } from './scripted-responses.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startMessagesApp();
});

afterAll(() => app.close());

async function stream(model: string, more: object = {}) {
  const answer = await sendMessage(app, ask(model, { stream: true, ...more }));
  return toEvents(await answer.text());
}

describe('an answer', () => {
  test('has the form of a message', async () => {
    const answer = await sendMessage(app, ask('good'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('request-id')).toBe(answer.headers.get('x-request-id'));
    expect(answer.headers.get('x-ignored-params')).toBeNull();
    expect(await readAny(answer)).toEqual({
      id: expect.stringMatching(/^msg_[0-9a-f]{24}$/),
      type: 'message',
      role: 'assistant',
      model: 'good',
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      context_management: null,
      usage: {
        input_tokens: 9,
        cache_read_input_tokens: 3,
        cache_creation_input_tokens: 0,
        cache_creation: null,
        output_tokens: 3,
        output_tokens_details: { thinking_tokens: 0 },
        server_tool_use: null,
        iterations: null,
        fallback_credit: null,
        inference_geo: null,
        service_tier: 'standard',
        speed: null,
      },
    });
  });

  test.each([
    ['silent', {}, { content: [], stop_reason: 'end_turn' }],
    ['cut', {}, { stop_reason: 'max_tokens' }],
    ['stopped', { stop_sequences: ['a', 'upon'] }, { stop_reason: 'stop_sequence', stop_sequence: 'upon' }],
    // The model's own, not one of the request.
    ['stopped', {}, { stop_reason: 'end_turn', stop_sequence: null }],
    [
      'filtered',
      {},
      { stop_reason: 'refusal', stop_details: { type: 'refusal', category: null, explanation: null } },
    ],
    [
      'calling',
      { tools },
      {
        stop_reason: 'tool_use',
        content: [
          {
            type: 'tool_use',
            id: 'toolu_0',
            name: 'get_weather',
            input: { city: 'Paris' },
            caller: { type: 'direct' },
          },
          { type: 'tool_use', id: 'toolu_1', name: 'get_time', input: {}, caller: { type: 'direct' } },
        ],
      },
    ],
    // Half of an object is none.
    ['cut-call', { tools }, { stop_reason: 'max_tokens', content: [{ name: 'get_weather', input: {} }] }],
    [
      'thinking',
      { tools },
      {
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: expect.stringMatching(/^.{20,}$/) },
          { type: 'text', text: 'So' },
          { type: 'tool_use', input: { city: 'Oslo' } },
        ],
        usage: { output_tokens: 6, output_tokens_details: { thinking_tokens: 2 } },
      },
    ],
    [
      'thinking',
      { tools, thinking: { type: 'adaptive', display: 'omitted' } },
      { content: [{ type: 'thinking', thinking: '', signature: expect.stringMatching(/./) }, {}, {}] },
    ],
  ])('of %s with %j', async (model, more, expected) => {
    expect(await readAny(await sendMessage(app, ask(model, more)))).toMatchObject(expected);
  });

  test('is the fold of the stream', async () => {
    for (const model of [
      'good',
      'silent',
      'cut',
      'stopped',
      'filtered',
      'calling',
      'thinking',
      'uncounted',
    ]) {
      const more = { tools, stop_sequences: ['upon'] };
      const whole = await readAny(await sendMessage(app, ask(model, more)));
      const folded = foldMessage((await stream(model, more)).map(({ event }) => event));
      expect({ ...folded, id: '' }, model).toEqual({ ...whole, id: '' });
    }
  });
});

describe('a stream', () => {
  test('has named events in order', async () => {
    const events = await stream('thinking', { tools });
    for (const { name, event } of events) expect(name).toBe(event.type);
    expect(events.map(({ event }) => [event.type, event['index'], toKind(event)])).toEqual([
      ['message_start', undefined, undefined],
      ['content_block_start', 0, 'thinking'],
      ['content_block_delta', 0, 'thinking_delta'],
      ['content_block_delta', 0, 'thinking_delta'],
      ['content_block_delta', 0, 'signature_delta'],
      ['content_block_stop', 0, undefined],
      ['content_block_start', 1, 'text'],
      ['content_block_delta', 1, 'text_delta'],
      ['content_block_stop', 1, undefined],
      ['content_block_start', 2, 'tool_use'],
      ['content_block_delta', 2, 'input_json_delta'],
      ['content_block_stop', 2, undefined],
      ['message_delta', undefined, undefined],
      ['message_stop', undefined, undefined],
    ]);
    expect(events[0]?.event['message']).toMatchObject({
      content: [],
      stop_reason: null,
      usage: { input_tokens: 9, cache_read_input_tokens: 3, output_tokens: 0 },
    });
    expect(events.at(-2)?.event['usage']).toMatchObject({ input_tokens: 9, output_tokens: 6 });
  });

  test.each([
    ['broken', 'api_error'],
    ['crashing', 'api_error'],
  ])('that breaks ends with an error event and never with message_stop: %s', async (model, type) => {
    const answer = await sendMessage(app, ask(model, { stream: true }));
    expect(answer.status).toBe(200);
    let arrived = '';
    const read = async () => {
      for await (const piece of answer.body!) arrived += new TextDecoder().decode(piece);
    };
    await expect(read()).rejects.toThrow();
    const last = toEvents(arrived).at(-1);
    expect(last).toMatchObject({ name: 'error', event: { type: 'error', error: { type } } });
    expect(last?.event['request_id']).toBe(answer.headers.get('request-id'));
    expect(arrived).not.toContain('message_stop');
    expect(arrived).not.toContain('message_delta');
  });

  test('that is silent has pings', async () => {
    const pinging = await startMessagesApp({ limits: { pingMs: 50 } });
    const answer = await sendMessage(pinging, ask('slow', { stream: true }));
    const events = toEvents(await answer.text());
    await pinging.close();
    expect(events).toContainEqual({ name: 'ping', event: { type: 'ping' } });
    expect(events.at(-1)?.event.type).toBe('message_stop');
  });

  test('ends its generation when the client leaves', async () => {
    const controller = new AbortController();
    const answer = await sendMessage(app, ask('endless', { stream: true }), { signal: controller.signal });
    await answer.body!.getReader().read();
    controller.abort();
    await expect.poll(() => app.backend('endless').endings.at(-1)?.how).toBe('aborted');
  });
});

test('both bases and the address that the SDKs make of a base URL with a path answer', async () => {
  const paths = [
    '/v1/messages',
    '/v1/inference/messages',
    '/v1/inference/v1/messages',
    '/v1/messages?beta=true',
  ];
  for (const path of paths) {
    const answer = await postChat(app, JSON.stringify(ask('good')), { path });
    expect([path, answer.status]).toEqual([path, 200]);
  }
});

type StreamEvent = { readonly type: string; readonly [name: string]: unknown };

function toKind(event: StreamEvent): unknown {
  const part = event['content_block'] ?? (event.type === 'content_block_delta' ? event['delta'] : undefined);
  return (part as { readonly type?: string } | undefined)?.type;
}

/** Puts a message together as its client does. */
// biome-ignore lint/suspicious/noExplicitAny: what is in it is for the comparison to say.
function foldMessage(events: readonly any[]): any {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  let message: any;
  const json = new Map<number, string>();
  for (const event of events) {
    if (event.type === 'message_start') message = event.message;
    if (event.type === 'content_block_start') message.content.push(event.content_block);
    if (event.type === 'content_block_delta') {
      const block = message.content[event.index];
      const { delta } = event;
      if (delta.type === 'text_delta') block.text += delta.text;
      if (delta.type === 'thinking_delta') block.thinking += delta.thinking;
      if (delta.type === 'signature_delta') block.signature = delta.signature;
      if (delta.type === 'input_json_delta')
        json.set(event.index, (json.get(event.index) ?? '') + delta.partial_json);
    }
    if (event.type === 'message_delta') {
      Object.assign(message, event.delta);
      Object.assign(message.usage, event.usage);
    }
  }
  for (const [index, whole] of json) message.content[index].input = JSON.parse(whole);
  return message;
}
