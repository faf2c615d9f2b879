// Tools in namespaces.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe('a namespace', () => {
  const listOrders = {
    type: 'function' as const,
    name: 'list_orders',
    parameters: { type: 'object', properties: { limit: { type: 'integer' } } },
    strict: false,
  };
  const note = { type: 'custom' as const, name: 'note', description: 'Keeps a note.' };
  const crm = {
    type: 'namespace' as const,
    name: 'crm',
    description: 'The orders.',
    tools: [listOrders, note],
  };

  function toolUse(model: string) {
    return app.backend(model).requests.at(-1)?.toolUse;
  }

  test('has its tools under longer names for the model, and calls with the names of the client', async () => {
    const answer = await send(input('ordering', { tools: [crm, ...tools] }));
    expect(answer.headers.get('x-ignored-params')).toBeNull();
    const response = await toJson(answer);
    expect(response.output).toMatchObject([
      { type: 'function_call', namespace: 'crm', name: 'list_orders', arguments: '{"limit":3}' },
      { type: 'custom_tool_call', namespace: 'crm', name: 'note', input: 'Hi' },
      { type: 'function_call', name: 'get_weather' },
    ]);
    expect(response.output[2]).not.toHaveProperty('namespace');
    expect(response.tools[0]).toMatchObject({
      name: 'crm',
      tools: [{ name: 'list_orders' }, { name: 'note' }],
    });
    expect(toolUse('ordering')?.tools.map(({ name }) => name)).toEqual([
      'crm__list_orders',
      'crm__note',
      'get_weather',
    ]);
    expect(JSON.stringify(toolUse('ordering')).split('The orders.')).toHaveLength(2);
  });

  test('has events that the document describes', async () => {
    const document = await readOpenApi(app);
    const findFault = createResponseValidator(document, document.paths['/v1/responses']!['post']!);
    const stream = await (await send(input('ordering', { tools: [crm], stream: true }))).text();
    const events = toEvents(stream).map(({ event }) => event);
    for (const event of events) expect(findFault(200, 'text/event-stream', event)).toBeUndefined();
    const added = events.filter(({ type }) => type === 'response.output_item.added');
    expect(added).toMatchObject([
      { item: { namespace: 'crm', name: 'list_orders' } },
      { item: { namespace: 'crm', name: 'note' } },
      { item: { name: 'get_weather' } },
    ]);
  });

  test('keeps its names in the conversation, sent back or stored', async () => {
    const first = await toJson(send(input('ordering', { tools: [crm] })));
    const output = first.output.map(({ type, call_id }: Record<string, string>) => ({
      type: `${type === 'function_call' ? type : 'custom_tool_call'}_output`,
      call_id,
      output: 'Done',
    }));
    const bodies = [
      {
        model: 'good',
        tools: [crm],
        store: false,
        input: [{ role: 'user', content: 'Hello' }, ...first.output, ...output],
      },
      { model: 'good', tools: [crm], previous_response_id: first.id, input: output },
    ];
    for (const body of bodies) {
      const answer = await send(body);
      expect(answer.status, await answer.clone().text()).toBe(200);
      expect(answer.headers.get('x-ignored-params')).toBeNull();
      const request = JSON.stringify(app.backend('good').requests.at(-1)?.prompt);
      for (const name of ['crm__list_orders', 'crm__note', 'get_weather'])
        expect(request).toContain(`"name":"${name}"`);
    }
  });

  test.each<[object, string[]]>([
    [{ type: 'function', name: 'list_orders', namespace: 'crm' }, ['crm__list_orders']],
    [{ type: 'function', name: 'list_orders' }, ['crm__list_orders']],
    [{ type: 'custom', name: 'note', namespace: 'crm' }, ['crm__note']],
    [
      {
        type: 'allowed_tools',
        mode: 'required',
        tools: [
          { type: 'custom', name: 'note' },
          { type: 'function', name: 'get_weather' },
        ],
      },
      ['crm__note', 'get_weather'],
    ],
  ])('has tools that can be chosen: %j', async (tool_choice, callableNames) => {
    expect((await send(input('ordering', { tools: [crm, ...tools], tool_choice }))).status).toBe(200);
    expect(toolUse('ordering')).toMatchObject({ choice: 'required', callableNames });
  });

  test('shortens names that are too long for a model, each to another one', async () => {
    const namespace = 'n'.repeat(40);
    const names = ['a', 'b'].map((end) => `${'t'.repeat(40)}${end}`);
    const long = { ...crm, name: namespace, tools: names.map((name) => ({ ...listOrders, name })) };
    expect((await send(input('good', { tools: [long] }))).status).toBe(200);
    const known = toolUse('good')?.tools.map(({ name }) => name) ?? [];
    expect(new Set(known).size).toBe(2);
    for (const name of known) expect(name).toMatch(/^n{40}__t{9}_[0-9a-f]{12}$/);
    const call = { type: 'function_call', call_id: 'a', namespace, name: names[1], arguments: '{}' };
    expect((await send({ model: 'good', input: [call] })).status).toBe(200);
    expect(JSON.stringify(app.backend('good').requests.at(-1)?.prompt)).toContain(`"name":"${known[1]}"`);
  });

  test.each<[object[], object, string]>([
    [[{ ...crm, tools: [] }], {}, 'tools[0].tools'],
    [[{ ...crm, tools: [{ type: 'web_search' }] }], {}, 'tools[0].tools[0].type'],
    [[{ ...crm, tools: [listOrders, { ...listOrders, name: 'a b' }] }], {}, 'tools[0].tools[1].name'],
    [[{ ...crm, name: undefined }], {}, 'tools[0].name'],
    [[crm, crm], {}, 'tools[1].tools[0].name'],
    [[crm, { ...listOrders, name: 'crm__list_orders' }], {}, 'tools[1].name'],
    [[crm, { ...crm, name: 'shop' }], { tool_choice: { type: 'custom', name: 'note' } }, 'tool_choice.name'],
    [[crm], { tool_choice: { type: 'custom', name: 'note', namespace: 'shop' } }, 'tool_choice.name'],
    [
      [{ ...crm, tools: [{ ...listOrders, strict: true, parameters: { 'x-unsupported': 'a' } }] }],
      {},
      'tools[0].tools[0].parameters.a',
    ],
    [
      ['a', 'b'].map((name) => ({
        ...crm,
        name,
        tools: Array.from({ length: 65 }, (_, at) => ({ ...listOrders, name: `t${at}` })),
      })),
      {},
      'tools',
    ],
  ])('that is wrong is refused: %j %j', async (given, more, param) => {
    expect(await readError(send(input('good', { tools: given, ...more })))).toMatchObject({
      status: 400,
      param,
    });
  });

  test('has unknown fields, which are named', async () => {
    const body = input('good', {
      tools: [{ ...crm, colour: 1, tools: [{ ...listOrders, defer_loading: true }] }],
    });
    expect((await send(body)).headers.get('x-ignored-params')).toBe(
      'tools[0].colour, tools[0].tools[0].defer_loading',
    );
  });
});
