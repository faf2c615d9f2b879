// Tools of the Responses API that are no plain functions.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostedToolTypes } from '../../src/protocol/openai/responses/hosted-tools.ts';
import { createOpenAiClient } from '../create-openai-client.ts';
import type { TestApp } from '../start-test-app.ts';
import { readOpenApi } from './read-openapi.ts';
import type { Sent } from './requests.ts';
import { createResponseValidator } from './response-validator.ts';
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
    [{ tools: [webSearch], tool_choice: weather }, 'tool_choice.name'],
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

describe('a custom tool', () => {
  const patchTool = { type: 'custom' as const, name: 'apply_patch', description: 'Edits files.' };
  const patch = '*** Begin Patch\n+é\n*** End Patch';
  const answeredCall = {
    id: expect.stringMatching(/^ctc_[0-9a-f]{32}_0$/),
    type: 'custom_tool_call',
    status: 'completed',
    call_id: 'call_0',
    name: 'apply_patch',
    input: patch,
  };

  function toolOf(model: string) {
    return app.backend(model).requests.at(-1)?.toolUse?.tools[0];
  }

  test('is a function with one string for the model, and its call has the input', async () => {
    const answer = await send(input('patching', { tools: [patchTool, ...tools] }));
    expect(answer.headers.get('x-ignored-params')).toBeNull();
    const response = await toJson(answer);
    expect(response.output).toMatchObject([answeredCall, { type: 'function_call', name: 'get_time' }]);
    expect(response.tools[0]).toEqual({ ...patchTool, format: { type: 'text' } });
    expect(toolOf('patching')).toMatchObject({
      name: 'apply_patch',
      description: 'Edits files.',
      parameters: { properties: { input: { type: 'string' } }, required: ['input'] },
    });
  });

  test('has events of its own, which the official package knows', async () => {
    const client = createOpenAiClient(app);
    const stream = await client.responses.create({
      model: 'patching',
      input: 'Hello',
      tools: [patchTool],
      stream: true,
    });
    let text = '';
    const types: string[] = [];
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === 'response.custom_tool_call_input.delta') text += event.delta;
      if (event.type === 'response.custom_tool_call_input.done') expect(event.input).toBe(patch);
      if (event.type === 'response.completed') expect(event.response.output[0]).toEqual(answeredCall);
      if (event.type === 'response.output_item.added' && event.output_index === 0) {
        expect(event.item).toEqual({ ...answeredCall, status: 'in_progress', input: '' });
      }
    }
    expect(text).toBe(patch);
    expect(types.filter((type) => type.includes('custom'))).toEqual([
      ...Array.from({ length: 3 }, () => 'response.custom_tool_call_input.delta'),
      'response.custom_tool_call_input.done',
    ]);
  });

  test('has answers and events that the document describes', async () => {
    const document = await readOpenApi(app);
    const findFault = createResponseValidator(document, document.paths['/v1/responses']!['post']!);
    const body = input('patching', { tools: [patchTool] });
    expect(findFault(200, 'application/json', await toJson(send(body)))).toBeUndefined();
    const stream = await (await send({ ...body, stream: true })).text();
    for (const { event } of toEvents(stream)) {
      expect(findFault(200, 'text/event-stream', event), JSON.stringify(event)).toBeUndefined();
    }
  });

  test.each([
    ['lark', 'start: "(" start ")" | "a"'],
    ['regex', '(?i)abc'],
    ['regex', '[[:alpha:]]+'],
    ['regex', String.raw`\Aabc\z`],
  ])('with the %s grammar %s is free, and the model sees the grammar', async (syntax, definition) => {
    const body = input('patching', {
      tools: [{ ...patchTool, format: { type: 'grammar', syntax, definition } }],
    });
    expect((await send(body)).headers.get('x-ignored-params')).toBe('tools[0].format');
    const tool = toolOf('patching');
    expect(tool?.description).toContain(definition);
    expect(JSON.stringify(tool?.parameters)).not.toContain('pattern');
    expect(await readError(send(body, strict))).toEqual({
      status: 400,
      code: 'unsupported_parameter',
      param: 'tools[0].format',
    });
  });

  test.each<[object, string]>([
    [{ ...patchTool, name: 'a b' }, 'tools[0].name'],
    [{ type: 'custom' }, 'tools[0].name'],
    [{ ...patchTool, format: { type: 'tree' } }, 'tools[0].format.type'],
    [{ ...patchTool, format: { type: 'grammar', syntax: 'bnf', definition: 'a' } }, 'tools[0].format.syntax'],
    [{ ...patchTool, format: { type: 'grammar', syntax: 'lark' } }, 'tools[0].format.definition'],
  ])('%j is refused', async (tool, param) => {
    expect(await readError(send(input('good', { tools: [tool] })))).toMatchObject({ status: 400, param });
  });

  test('can be forced, by its name and its kind', async () => {
    const body = input('patching', { tools: [...tools, patchTool] });
    const choice = { type: 'custom', name: 'apply_patch' };
    expect((await send({ ...body, tool_choice: choice })).status).toBe(200);
    expect(app.backend('patching').requests.at(-1)?.toolUse).toMatchObject({
      choice: 'required',
      callableNames: ['apply_patch'],
    });
    const wrong = { ...body, tool_choice: { ...choice, type: 'function' } };
    expect(await readError(send(wrong))).toMatchObject({ status: 400, param: 'tool_choice.name' });
  });

  test('has its call and its output in the conversation, sent back or stored', async () => {
    const [asked, call, output] = [
      { role: 'user', content: 'Hello' },
      { type: 'custom_tool_call', call_id: 'call_0', name: 'apply_patch', input: patch },
      { type: 'custom_tool_call_output', call_id: 'call_0', output: 'Done' },
    ];
    const first = await toJson(send(input('patching', { tools: [patchTool] })));
    const given = { model: 'good', store: false, input: [asked, call, output] };
    const continued = {
      model: 'good',
      previous_response_id: first.id,
      input: [{ ...output, output: [{ type: 'input_text', text: 'Done' }] }],
    };
    for (const body of [given, continued]) {
      const answer = await send(body);
      expect(answer.status, await answer.text()).toBe(200);
      expect(app.backend('good').requests.at(-1)).toMatchObject({
        prompt: {
          messages: expect.arrayContaining([
            expect.objectContaining({
              role: 'assistant',
              toolCalls: expect.arrayContaining([
                { id: 'call_0', name: 'apply_patch', argumentsText: JSON.stringify({ input: patch }) },
              ]),
            }),
            expect.objectContaining({ role: 'tool', toolCallId: 'call_0' }),
          ]),
        },
      });
    }
    expect(await readError(send({ model: 'good', input: [output] }))).toMatchObject({
      status: 400,
      param: 'input[0].call_id',
    });
  });
});
