// What the model is asked by a request of Anthropic's Messages API.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestApp } from '../start-test-app.ts';
import { ask, sendMessage, startMessagesApp, tools } from './scripted-messages.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startMessagesApp();
});

afterAll(() => app.close());

/** What the model was asked by this request. */
async function askedBy(body: object, model = 'good') {
  const { requests } = app.backend(model);
  const before = requests.length;
  const answer = await sendMessage(app, ask(model, body));
  expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
  expect(requests).toHaveLength(before + 1);
  return requests.at(-1)!;
}

const text = (value: string) => ({ kind: 'text', text: value });

describe('the model is asked', () => {
  test('with the parameters of the request', async () => {
    const request = await askedBy({
      max_tokens: 7,
      temperature: 0.5,
      top_k: 4,
      top_p: 0.25,
      seed: 3,
      stop_sequences: ['x', 'y'],
      metadata: { user_id: 'somebody' },
      service_tier: 'auto',
    });
    expect(request).toMatchObject({
      maxTokens: 7,
      sampling: { temperature: 0.5, topK: 4, topP: 0.25, seed: 3 },
      stop: ['x', 'y'],
      cacheKey: 'somebody',
      continuesLastMessage: false,
      toolUse: undefined,
      outputFormat: undefined,
    });
    expect((await askedBy({ max_tokens: 0 })).maxTokens).toBe(0);
  });

  test('with the conversation: system, blocks, calls, results and reasoning', async () => {
    const { prompt } = await askedBy({
      system: [
        { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'Be kind.' },
      ],
      messages: [
        { role: 'user', content: 'One' },
        { role: 'user', content: [{ type: 'text', text: 'Two' }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'abc' },
            { type: 'redacted_thinking', data: 'xyz' },
            { type: 'text', text: 'Look:' },
            { type: 'tool_use', id: 'toolu_a', name: 'get_weather', input: { city: 'Paris' } },
            { type: 'tool_use', id: 'toolu_b', name: 'get_weather', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Go on.' },
            { type: 'tool_result', tool_use_id: 'toolu_a', content: 'Rain' },
            {
              type: 'tool_result',
              tool_use_id: 'toolu_b',
              is_error: true,
              content: [{ type: 'text', text: 'No' }],
            },
            {
              type: 'document',
              title: 'Notes',
              source: { type: 'text', media_type: 'text/plain', data: 'Wet.' },
            },
            {
              type: 'search_result',
              title: 'A',
              source: 'b',
              content: [{ type: 'text', text: 'c' }],
            },
          ],
        },
        { role: 'system', content: 'Stay brief.' },
        { role: 'user', content: [{ type: 'document', source: { type: 'content', content: 'Plain' } }] },
      ],
    });
    expect(prompt).toEqual({
      kind: 'chat',
      messages: [
        { role: 'system', content: [text('Be brief.'), text('Be kind.')] },
        { role: 'user', content: [text('One'), text('Two')] },
        {
          role: 'assistant',
          content: [text('Look:')],
          reasoning: 'Hm.',
          toolCalls: [
            { id: 'toolu_a', name: 'get_weather', argumentsText: '{"city":"Paris"}' },
            { id: 'toolu_b', name: 'get_weather', argumentsText: '{}' },
          ],
        },
        { role: 'tool', toolCallId: 'toolu_a', content: [text('Rain')] },
        { role: 'tool', toolCallId: 'toolu_b', content: [text('Error: No')] },
        { role: 'user', content: [text('Go on.'), text('Notes'), text('Wet.'), text('A\nb\nc')] },
        { role: 'system', content: [text('Stay brief.')] },
        { role: 'user', content: [text('Plain')] },
      ],
    });
  });

  test.each([
    ['Error: gone', 'Error: gone'],
    ['<tool_use_error>gone</tool_use_error>', '<tool_use_error>gone</tool_use_error>'],
    ['gone', 'Error: gone'],
    [undefined, 'Error'],
  ])('with an error of a tool said once: %s', async (content, said) => {
    const { prompt } = await askedBy({
      messages: [
        { role: 'user', content: 'One' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', is_error: true, content }] },
      ],
    });
    expect(prompt).toMatchObject({ messages: [{}, {}, { role: 'tool', content: [text(said)] }] });
  });

  test('with arguments as they were, numbers and the order of names included', async () => {
    const body = JSON.stringify(
      ask('good', {
        messages: [
          { role: 'user', content: 'One' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: 'HERE' }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
        ],
      }),
    );
    const input = '{"b":12345678901234567890,"10":1,"2":1.10}';
    const answer = await sendMessage(app, body.replace('"HERE"', input));
    expect(answer.status).toBe(200);
    expect(app.backend('good').requests.at(-1)?.prompt).toMatchObject({
      messages: [{}, { toolCalls: [{ argumentsText: input.replace('1.10', '1.1') }] }, {}],
    });
  });

  test.each([
    [
      [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1; cch=HASH;' },
        { type: 'text', text: 'Be.' },
      ],
    ],
    [[{ type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1; cch=HASH;\nBe.' }]],
    ['x-anthropic-billing-header: cc_version=2.1; cch=HASH;\nBe.'],
  ])('without the billing line of Claude Code: %j', async (system) => {
    const { prompt } = await askedBy({ system });
    expect(prompt).toMatchObject({
      messages: [{ role: 'system', content: [text('Be.')] }, { role: 'user' }],
    });
  });

  test('without a system message where there is only the billing line', async () => {
    for (const system of ['x-anthropic-billing-header: a', '', []]) {
      const { prompt } = await askedBy({ system });
      expect(prompt).toMatchObject({ messages: [{ role: 'user' }] });
    }
  });

  test('to continue the last message of the assistant', async () => {
    const messages = [
      { role: 'user', content: 'Name?' },
      { role: 'assistant', content: 'It is (' },
    ];
    expect(await askedBy({ messages })).toMatchObject({
      continuesLastMessage: true,
      prompt: { messages: [{}, { role: 'assistant', content: [text('It is (')] }] },
    });
  });

  test.each([
    [{ thinking: { type: 'enabled', budget_tokens: 50 } }, { effort: undefined, tokensMax: 50 }],
    [{ thinking: { type: 'disabled' } }, { effort: 'none', tokensMax: undefined }],
    [{ thinking: { type: 'adaptive' } }, undefined],
    [{}, undefined],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, { effort: 'none' }],
  ])('to reason as %j says', async (more, expected) => {
    const { reasoning } = await askedBy(more);
    if (expected === undefined) expect(reasoning).toBeUndefined();
    else expect(reasoning).toMatchObject(expected);
  });

  test.each([
    [{}, { choice: 'auto', isParallel: true }],
    [
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      { choice: 'auto', isParallel: false },
    ],
    [{ tool_choice: { type: 'any' } }, { choice: 'required', isParallel: true }],
    [{ tool_choice: { type: 'tool', name: 'get_weather' } }, { choice: 'required', isParallel: false }],
    [{ tool_choice: { type: 'none' } }, { choice: 'none' }],
  ])('to call tools as %j says', async (more, expected) => {
    const { toolUse } = await askedBy({ tools, ...more }, 'calling');
    expect(toolUse).toMatchObject({
      ...expected,
      tools: [{ name: 'get_weather', description: 'The weather in a city.', isStrict: false }],
      callableNames: ['get_weather'],
    });
  });

  test('in the form of the answer, under both of its names', async () => {
    const format = { type: 'json_schema', schema: { type: 'object', properties: { a: {} } } };
    for (const more of [{ output_config: { format } }, { output_format: format }]) {
      const request = await askedBy(more, 'json');
      expect(request.outputFormat ?? request.grammar).toBeDefined();
    }
  });
});
