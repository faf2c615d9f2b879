// What Codex sends, recorded: a first turn, and the second with the calls and the results of the first.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messagesOf } from '../messages-of.ts';
import { callTools, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readError, sendTo, toEvents, toJson } from './scripted-responses.ts';

const { listing, patching } = JSON.parse(
  readFileSync(new URL('codex-requests.json', import.meta.url), 'utf8'),
) as { readonly [task in 'listing' | 'patching']: Task };

interface Task {
  readonly tools: object[];
  readonly turns: object[];
}

const { tools, turns } = listing;

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      first: callTools(['exec_command', '{"cmd":"ls"}'], ['multi_agent_v1__close_agent', '{"target":"a"}']),
      patch: callTools([
        'apply_patch',
        '{"input":"*** Begin Patch\\n*** Add',
        ' File: a\\n+b\\n*** End Patch\\n"}',
      ]),
      second: sayTexts('All', ' done'),
    },
  });
});

afterAll(() => app.close());

async function readTurn(at: number, model: string, task: Task = listing) {
  const answer = await sendTo(app, '', { ...task.turns[at], tools: task.tools, model });
  const events = toEvents(await answer.text()).map(({ event }) => event);
  const request = app.backend(model).requests.at(-1);
  if (request === undefined) throw new Error('The model was not asked.');
  return { answer, events, request };
}

test('the first turn is answered with calls of its tools', async () => {
  const { answer, events, request } = await readTurn(0, 'first');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-ignored-params')).toBe('client_metadata, reasoning.summary, tools[8]');
  expect(events.filter(({ type }) => type === 'response.output_item.done')).toMatchObject([
    { item: { type: 'function_call', name: 'exec_command', call_id: 'call_0' } },
    { item: { type: 'function_call', name: 'close_agent', namespace: 'multi_agent_v1', call_id: 'call_1' } },
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { store: false } });
  expect(request.toolUse).toMatchObject({ choice: 'auto', isParallel: true });
  expect(request.toolUse?.tools).toHaveLength(12);
});

test('the second turn continues it: the prompt begins as the first', async () => {
  const { request: before } = await readTurn(0, 'first');
  const { answer, events, request } = await readTurn(1, 'second');
  expect(answer.status).toBe(200);
  expect(events.at(-1)).toMatchObject({ response: { output: [{ content: [{ text: 'All done' }] }] } });
  const [earlier, later] = [messagesOf(before), messagesOf(request)];
  expect(earlier.length).toBeGreaterThan(0);
  expect(later.slice(0, earlier.length)).toEqual(earlier);
  expect(request.toolUse?.tools).toEqual(before.toolUse?.tools);
  expect(later.slice(earlier.length)).toMatchObject([
    {
      role: 'assistant',
      toolCalls: [
        { id: 'call_0', name: 'exec_command' },
        { id: 'call_1', name: 'multi_agent_v1__close_agent' },
      ],
    },
    { role: 'tool', toolCallId: 'call_0' },
    { role: 'tool', toolCallId: 'call_1' },
  ]);
});

test('with strict compatibility the first thing that is not done is named', async () => {
  const sent = { ...turns[0], tools, model: 'first' };
  const headers = { 'x-compat': 'strict' };
  expect(await readError(sendTo(app, '', sent, { headers }))).toMatchObject({
    status: 400,
    param: 'tools[8]',
  });
});

test('what an earlier answer of another server has is accepted: encrypted reasoning, and the key of the cache', async () => {
  const reasoning = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'Hm.' }],
    encrypted_content: 'gAAA',
  };
  const { input } = turns[1] as { readonly input: readonly { readonly type: string }[] };
  const sent = { ...turns[1], tools, model: 'second', stream: false, prompt_cache_key: 'one' };
  const answer = await sendTo(app, '', {
    ...sent,
    input: input.map((item) => (item.type === 'reasoning' ? reasoning : item)),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-ignored-params')).toMatch(/, tools\[8\], input\[4\]$/);
  expect(await toJson(answer)).toMatchObject({ store: false, prompt_cache_key: 'one', status: 'completed' });
});

test('a patch is a call of a custom tool, whose grammar is held', async () => {
  const input = '*** Begin Patch\n*** Add File: a\n+b\n*** End Patch\n';
  const first = await readTurn(0, 'patch', patching);
  expect(first.answer.headers.get('x-ignored-params')).toBe('tools[2], tools[3]');
  expect(first.events.filter(({ type }) => type.startsWith('response.custom'))).toMatchObject([
    { type: 'response.custom_tool_call_input.delta', delta: '*** Begin Patch\n*** Add' },
    { type: 'response.custom_tool_call_input.delta', delta: ' File: a\n+b\n*** End Patch\n' },
    { type: 'response.custom_tool_call_input.done', input },
  ]);
  expect(first.request.verbosity).toBe('low');
  expect(first.request.toolUse?.tools[1]).toMatchObject({
    name: 'apply_patch',
    parameters: { properties: { input: { pattern: expect.stringContaining('Begin Patch') } } },
  });
  const second = await readTurn(1, 'second', patching);
  expect(second.answer.status).toBe(200);
  expect(messagesOf(second.request).slice(-2)).toMatchObject([
    {
      role: 'assistant',
      toolCalls: [
        { name: 'apply_patch', argumentsText: expect.stringMatching(/^\{"input":"\*\*\* Begin Patch/) },
      ],
    },
    { role: 'tool' },
  ]);
});
