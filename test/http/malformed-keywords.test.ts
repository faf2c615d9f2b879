// What becomes of keywords that no draft of JSON Schema knows in this form, with the real compiler.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callTools } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';
import { chatBody, postChat } from './requests.ts';
import { startCompilingApp } from './start-compiling-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startCompilingApp({ models: { m: callTools(['t', '{}']) } });
});

afterAll(() => app.close());

const toObject = (v: unknown) => ({ type: 'object', properties: { v }, required: ['v'] });

const toTool = (v: unknown, strict: boolean) => ({
  tools: [{ type: 'function', function: { name: 't', parameters: toObject(v), strict } }],
});

test.each<[string, unknown, string]>([
  ['a length that is a text', { type: 'string', minLength: '3' }, 'v.minLength'],
  ['a divisor of 0', { type: 'integer', multipleOf: 0 }, 'v.multipleOf'],
  ['a bound that is null', { type: 'integer', minimum: null }, 'v.minimum'],
  ['a POSIX class', { type: 'string', pattern: '^[[:alpha:]]+$' }, 'v.pattern'],
  ['an empty list', { enum: [] }, 'v.enum'],
  ['a remote reference', { $ref: 'https://example.com/a.json' }, 'v.$ref'],
  ['a pattern that is none', { type: 'string', pattern: '(' }, 'v.pattern'],
])('strict refuses %s with its place, and else it is named in the header', async (_, v, place) => {
  const json_schema = { name: 'a', schema: toObject(v), strict: true };
  const forms: [object, string][] = [
    [{ response_format: { type: 'json_schema', json_schema } }, 'response_format.json_schema.schema'],
    [{ structured_outputs: { json: toObject(v) } }, 'structured_outputs.json'],
    [toTool(v, true), 'tools[0].function.parameters'],
    [{ ...toTool(v, true), tool_choice: 'required' }, 'tools[0].function.parameters'],
  ];
  for (const [fields, base] of forms) {
    const answer = await postChat(app, chatBody('m', fields));
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { param: string; message: string } };
    expect(error.param).toBe(`${base}.properties.${place}`);
  }
  for (const choice of ['auto', 'required', { type: 'function', function: { name: 't' } }]) {
    const answer = await postChat(app, chatBody('m', { ...toTool(v, false), tool_choice: choice }));
    expect(answer.status).toBe(200);
    const named = answer.headers.get('x-structured-unenforced');
    expect(named).toContain(`tools[0].function.parameters.properties.${place}`);
  }
});
