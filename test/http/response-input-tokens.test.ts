// Counting what a response would read, over a scripted backend: one token for each character.
import type { OpenAI } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOpenAiClient } from '../create-openai-client.ts';
import type { TestApp } from '../start-test-app.ts';
import { readOpenApi } from './read-openapi.ts';
import { postChat, readAny } from './requests.ts';
import { createResponseValidator } from './response-validator.ts';
import { input, sendTo, startResponsesApp, tools } from './scripted-responses.ts';

let app: TestApp;
let client: OpenAI;
let document: Awaited<ReturnType<typeof readOpenApi>>;

beforeAll(async () => {
  app = await startResponsesApp();
  client = createOpenAiClient(app);
  document = await readOpenApi(app);
});
afterAll(() => app.close());

test.each(['/v1', '/v1/inference'])('under %s the count has the documented form', async (base) => {
  const path = `${base}/responses/input_tokens`;
  const answer = await postChat(app, JSON.stringify(input('good', { surprise: 1 })), { path });
  const body = await readAny(answer);
  expect({ status: answer.status, body }).toEqual({
    status: 200,
    body: { object: 'response.input_tokens', input_tokens: 5 },
  });
  expect(answer.headers.get('x-ignored-params')).toBe('surprise');
  const operation = document.paths[path]?.['post'];
  if (operation === undefined) throw new Error(`${path} is not documented.`);
  expect(createResponseValidator(document, operation)(200, 'application/json', body)).toBeUndefined();
});

test("OpenAI's package counts instructions, the schema that is shown and the earlier conversation", async () => {
  const count = async (body: OpenAI.Responses.InputTokenCountParams) =>
    (await client.responses.inputTokens.count({ model: 'good', input: 'Hello', ...body })).input_tokens;
  expect(await count({ instructions: 'Be kind.' })).toBe('Be kind.Hello'.length);
  const schema = { type: 'object', properties: {}, additionalProperties: false };
  const format = { type: 'json_schema' as const, name: 'a', schema };
  expect(await count({ text: { format } })).toBeGreaterThan(30);
  const first = await client.responses.create({ model: 'good', input: 'Weather?' });
  expect(await count({ previous_response_id: first.id })).toBe('Weather?HelloHello'.length);
  // Nothing was generated or stored by counting.
  const asked = app.backend('good').requests.length;
  await count({ tools: tools.map((tool) => ({ ...tool, strict: false })) });
  expect(app.backend('good').requests).toHaveLength(asked);
});

test.each([
  [{ input: 'Hello' }, 400, 'missing_required_parameter', 'model'],
  [{ model: 'good' }, 400, 'missing_required_parameter', 'input'],
  [{ model: 'nobody', input: 'Hello' }, 404, 'model_not_found', 'model'],
  [{ model: 'good', input: 'a'.repeat(3000) }, 400, 'context_length_exceeded', 'input'],
  [
    { model: 'good', input: 'a', previous_response_id: 'resp_x' },
    404,
    'response_not_found',
    'previous_response_id',
  ],
  [{ model: 'good', input: 'a', background: true }, 400, 'unsupported_parameter', 'background'],
])('%.80j is refused as a response is', async (body, status, code, param) => {
  const answer = await sendTo(app, '/input_tokens', body);
  expect(answer.status).toBe(status);
  expect((await readAny(answer)).error).toMatchObject({ code, param });
});

test('an empty body, another method and a missing key are told apart', async () => {
  const url = `${app.url}/v1/responses/input_tokens`;
  const headers = { authorization: `Bearer ${app.key}` };
  expect((await fetch(url, { method: 'POST', headers })).status).toBe(400);
  expect((await fetch(url, { headers })).status).toBe(405);
  expect((await fetch(url, { method: 'POST' })).status).toBe(401);
});
