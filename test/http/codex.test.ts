// What Codex sends, recorded: a first turn, and the second with the calls and the results of the first.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callTools, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readError, sendTo, toEvents, toJson } from './scripted-responses.ts';

const { tools, turns } = JSON.parse(
  readFileSync(new URL('codex-requests.json', import.meta.url), 'utf8'),
) as { readonly tools: object[]; readonly turns: object[] };

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      first: callTools(['exec_command', '{"cmd":"ls"}'], ['multi_agent_v1__close_agent', '{"target":"a"}']),
      second: sayTexts('All', ' done'),
    },
  });
});

afterAll(() => app.close());

async function readTurn(at: number, model: string) {
  const answer = await sendTo(app, '', { ...turns[at], tools, model });
  const events = toEvents(await answer.text()).map(({ event }) => event);
  return { answer, events, request: app.backend(model).requests.at(-1) };
}

test('the first turn is answered with calls of its tools', async () => {
  const { answer, events, request } = await readTurn(0, 'first');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-ignored-params')).toBe(
    'client_metadata, reasoning.summary, include[0], tools[8]',
  );
  expect(events.filter(({ type }) => type === 'response.output_item.done')).toMatchObject([
    { item: { type: 'function_call', name: 'exec_command', call_id: 'call_0' } },
    { item: { type: 'function_call', name: 'close_agent', namespace: 'multi_agent_v1', call_id: 'call_1' } },
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { store: false } });
  expect(request?.toolUse).toMatchObject({ choice: 'auto', isParallel: true });
  expect(request?.toolUse?.tools).toHaveLength(12);
});

test('the second turn continues it: the prompt begins as the first', async () => {
  const { request: before } = await readTurn(0, 'first');
  const { answer, events, request } = await readTurn(1, 'second');
  expect(answer.status).toBe(200);
  expect(events.at(-1)).toMatchObject({ response: { output: [{ content: [{ text: 'All done' }] }] } });
  const [earlier, later] = [before, request].map((one) => {
    return one?.prompt.kind === 'chat' ? one.prompt.messages : [];
  });
  expect(earlier?.length).toBeGreaterThan(0);
  expect(later?.slice(0, earlier?.length)).toEqual(earlier);
  expect(request?.toolUse?.tools).toEqual(before?.toolUse?.tools);
  expect(later?.slice(earlier?.length)).toMatchObject([
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
  expect(answer.headers.get('x-ignored-params')).toMatch(/, include\[0\], tools\[8\], input\[4\]$/);
  expect(await toJson(answer)).toMatchObject({ store: false, prompt_cache_key: 'one', status: 'completed' });
});
