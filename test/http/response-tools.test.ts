// Tools of the Responses API that are no plain functions.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostedToolTypes } from '../../src/protocol/openai/responses/hosted-tools.ts';
import type { TestApp } from '../start-test-app.ts';
import {
  input,
  readError,
  type Sent,
  sendTo,
  startResponsesApp,
  toJson,
  tools,
} from './scripted-responses.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startResponsesApp();
});

afterAll(() => app.close());

function send(body: unknown, sent?: Sent): Promise<Response> {
  return sendTo(app, '', body, sent);
}

const strict = { headers: { 'x-compat': 'strict' } };

describe('a tool that this server lacks', () => {
  test.each(hostedToolTypes)('%s is left out and named, or refused', async (type) => {
    const body = input('good', { tools: [{ type, name: 'a', size: 1 }, ...tools], tool_choice: 'auto' });
    const answer = await send(body);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBe('tools[0]');
    expect((await toJson(answer)).tools).toMatchObject([{ type: 'function', name: 'get_weather' }]);
    expect(
      app
        .backend('good')
        .requests.at(-1)
        ?.toolUse?.tools.map(({ name }) => name),
    ).toEqual(['get_weather']);
    const { error } = await toJson(send(body, strict));
    expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'tools[0]' });
    expect(error.message).toContain(`'${type}'`);
    const forced = await toJson(send({ ...body, tool_choice: { type } }));
    expect(forced.error).toMatchObject({ code: 'unsupported_value', param: 'tool_choice' });
    expect(forced.error.message).toContain(`'${type}'`);
  });

  test('leaves no tools where there are no others', async () => {
    for (const tool_choice of [undefined, null, 'auto', 'none']) {
      const answer = await send(input('good', { tools: [{ type: 'web_search' }], tool_choice }));
      expect(answer.headers.get('x-ignored-params')).toBe('tools[0]');
      expect(app.backend('good').requests.at(-1)?.toolUse).toBeUndefined();
    }
  });

  test('keeps the others at their places', async () => {
    const hosted = { type: 'web_search' };
    const [bad] = [{ ...tools[0], strict: true, parameters: { 'x-unsupported': 'a' } }];
    expect(await readError(send(input('good', { tools: [hosted, bad] })))).toMatchObject({
      param: 'tools[1].parameters.a',
    });
    expect(await readError(send(input('good', { tools: [...tools, hosted, ...tools] })))).toMatchObject({
      param: 'tools[2].name',
    });
  });

  const webSearch = { type: 'web_search' };
  const weather = { type: 'function', name: 'get_weather' };

  test.each<[object, string]>([
    [{ tools: [webSearch], tool_choice: 'required' }, 'tool_choice'],
    [{ tools, tool_choice: webSearch }, 'tool_choice'],
    [
      { tools, tool_choice: { type: 'allowed_tools', mode: 'required', tools: [webSearch] } },
      'tool_choice.tools',
    ],
    [{ tools: [webSearch], tool_choice: weather }, 'tool_choice'],
  ])('%j is a call that cannot be made', async (fields, param) => {
    for (const stream of [false, true]) {
      expect(await readError(send(input('good', { ...fields, stream })))).toMatchObject({
        status: 400,
        param,
      });
    }
  });

  test.each<['auto' | 'required', object[], object]>([
    ['auto', [webSearch, weather], { choice: 'auto', callableNames: ['get_weather'] }],
    ['required', [webSearch, weather], { choice: 'required', callableNames: ['get_weather'] }],
    ['auto', [webSearch], { choice: 'none' }],
  ])('is no allowed tool: %s %j', async (mode, allowed, toolUse) => {
    const answer = await send(
      input('good', { tools, tool_choice: { type: 'allowed_tools', mode, tools: allowed } }),
    );
    expect(answer.headers.get('x-ignored-params')).toBe('tool_choice.tools[0]');
    expect(app.backend('good').requests.at(-1)?.toolUse).toMatchObject(toolUse);
  });
});
