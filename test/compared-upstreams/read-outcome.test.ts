// The comparison of real servers is worth nothing if it reads nothing of their answers.
import { expect, test } from 'vitest';
import type { ComparedPath } from './compared-case.ts';
import { readOutcome } from './read-outcome.ts';

function read(path: ComparedPath, body: object | string, status = 200) {
  const isStream = typeof body === 'string';
  const headers = { 'content-type': isStream ? 'text/event-stream' : 'application/json' };
  return readOutcome(new Response(isStream ? body : JSON.stringify(body), { status, headers }), path);
}

const toStream = (...events: readonly object[]) =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

const usage = { prompt_tokens: 3, completion_tokens: 2 };
const call = { function: { name: 'f', arguments: '{ "a": 1 }' } };
const chat = { choices: [{ message: { content: 'Hi', tool_calls: [call] }, finish_reason: 'stop' }], usage };
const chunks = [
  { choices: [{ index: 0, delta: { content: 'H' } }] },
  { choices: [{ index: 0, delta: { content: 'i', tool_calls: [{ index: 0, ...call }] } }] },
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage },
];
const chatFacts = { status: 200, texts: ['Hi'], calls: ['f({"a":1})'], finishes: ['stop'], usage: [3, 2] };

test('chat completions, whole and streamed', async () => {
  expect(await read('/chat/completions', chat)).toEqual(chatFacts);
  expect(await read('/chat/completions', `${toStream(...chunks)}data: null\n\ndata: [DONE]\n\n`)).toEqual(
    chatFacts,
  );
  expect(await read('/chat/completions', toStream(...chunks))).toEqual({ ...chatFacts, isBroken: true });
});

const response = {
  status: 'incomplete',
  incomplete_details: { reason: 'max_output_tokens' },
  output: [
    { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] },
    { type: 'function_call', name: 'f', arguments: '{ "a": 1 }' },
  ],
  usage: { input_tokens: 3, output_tokens: 2 },
};
const responseFacts = { ...chatFacts, finishes: ['incomplete: max_output_tokens'] };

test('responses, whole and streamed', async () => {
  expect(await read('/responses', response)).toEqual(responseFacts);
  const events = [
    { type: 'response.created', response: {} },
    { type: 'response.output_text.delta', delta: 'H' },
    { type: 'response.output_text.delta', delta: 'i' },
    { type: 'response.incomplete', response },
  ];
  const types = ['response.created', 'response.output_text.delta', 'response.incomplete'];
  expect(await read('/responses', toStream(...events))).toEqual({ ...responseFacts, events: types });
  // A delta is missing, and then the end.
  for (const left of [1, 3]) {
    const cut = events.filter((_, index) => index !== left);
    expect(await read('/responses', toStream(...cut))).toMatchObject({ isBroken: true });
  }
});

test('messages, whole and streamed', async () => {
  const content = [
    { type: 'text', text: 'Hi' },
    { type: 'tool_use', name: 'f', input: { a: 1 } },
  ];
  const counts = { input_tokens: 1, cache_read_input_tokens: 2, output_tokens: 2 };
  const end = { stop_reason: 'stop_sequence', stop_sequence: 'x' };
  const facts = { ...chatFacts, finishes: ['stop_sequence: x'] };
  expect(await read('/messages', { content, ...end, usage: counts })).toEqual(facts);
  const events = [
    { type: 'message_start', message: { usage: { ...counts, output_tokens: 0 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
    { type: 'ping' },
    { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', name: 'f', input: {} } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a"' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: ':1}' } },
    { type: 'message_delta', delta: end, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ];
  expect(await read('/messages', toStream(...events))).toMatchObject(facts);
  expect(await read('/messages', toStream(...events.slice(0, -1)))).toMatchObject({ isBroken: true });
});

test.each([
  [{ error: { message: 'No.', type: 'a', param: null, code: null } }, 'openai'],
  [{ type: 'error', error: { type: 'a', message: 'No.' } }, 'anthropic'],
  [{ error: { message: 'No.', type: 'a', code: 400 } }, 'other'],
  [{ error: 'No.' }, 'other'],
  [{ detail: 'No.' }, 'other'],
])('the form of %j', async (body, errorForm) => {
  expect(await read('/chat/completions', body, 400)).toEqual({ status: 400, errorForm });
});
