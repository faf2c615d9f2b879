// What hostile tools cost, over HTTP with the real compiler in its thread.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callTools } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';
import { assertAlive, chatBody, postChat } from './requests.ts';
import { startCompilingApp } from './start-compiling-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startCompilingApp({ models: { m: callTools(['t0', '{}']) } });
});

afterAll(() => app.close());

function toTools(count: number, parameters: object = {}, more: object = {}) {
  return Array.from({ length: count }, (_, index) => ({
    type: 'function',
    function: { name: `t${index}`, parameters, ...more },
  }));
}

const wide = {
  properties: Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`p${index}`, { type: 'string' }]),
  ),
};

/** Written as text: JSON.stringify has no stack for it. */
function toDeepBody(fields: object, more: object = {}): string {
  const deep = `${'{"not":'.repeat(50_000)}{}${'}'.repeat(50_000)}`;
  return chatBody('m', { tools: toTools(1, { deep: 'HERE' }, more), ...fields }).replace('"HERE"', deep);
}

test.each<[string, string, number, string | undefined]>([
  ['as many tools as there may be', chatBody('m', { tools: toTools(128) }), 200, undefined],
  ['200 tools', chatBody('m', { tools: toTools(200) }), 400, 'tools'],
  ['10,000 properties', chatBody('m', { tools: toTools(1, wide) }), 200, undefined],
  [
    '10,000 properties where a call is forced',
    chatBody('m', { tools: toTools(1, wide), tool_choice: 'required' }),
    200,
    undefined,
  ],
  [
    '10,000 properties of a strict tool',
    chatBody('m', { tools: toTools(1, wide, { strict: true }) }),
    400,
    'tools[0].function.parameters',
  ],
  ['128 tools of 10,000 properties', chatBody('m', { tools: toTools(128, wide) }), 413, undefined],
  ['parameters of 50,000 levels', toDeepBody({}), 200, undefined],
  ['the same of a strict tool', toDeepBody({}, { strict: true }), 400, 'tools[0].function.parameters'],
  [
    'the same where none may be called',
    toDeepBody({ tool_choice: 'none' }, { strict: true }),
    400,
    'tools[0].function.parameters',
  ],
])('%s', async (_name, body, status, param) => {
  const answer = await postChat(app, body);
  const text = await answer.text();
  expect(answer.status, text.slice(0, 500)).toBe(status);
  if (param !== undefined) expect(JSON.parse(text).error.param).toBe(param);
  await assertAlive(app);
});
