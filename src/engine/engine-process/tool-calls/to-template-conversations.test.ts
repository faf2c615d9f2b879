import { describe, expect, test } from 'vitest';
import { createToolCallFormat } from './create-tool-call-format.ts';
import { findToolCallFormat } from './find-tool-call-format.ts';
import type { RenderTemplate } from './probe-template.ts';
import { hermesSyntax, llamaSyntax, mistralListSyntax } from './syntaxes/json-object-syntaxes.ts';
import { kimiSyntax } from './syntaxes/named-syntaxes.ts';
import { plainTraits, type TemplateTraits } from './template-traits.ts';
import type { ToolConversationMessage } from './tool-call-format.ts';

const conversation: ToolConversationMessage[] = [
  { role: 'system', text: 'Be brief.' },
  { role: 'user', text: 'Weather?' },
  {
    role: 'assistant',
    text: '',
    calls: [
      { id: 'call_1', name: 'get_weather', arguments: '{"city":"Paris"}' },
      { id: 'call_2', name: 'now', arguments: '{}' },
    ],
  },
  { role: 'tool', callId: 'call_1', text: 'Sunny.' },
  { role: 'tool', callId: 'call_2', text: 'Noon.' },
  { role: 'user', text: 'Thanks.' },
];
const tools = [
  { name: 'now', parameters: { type: 'object', properties: { zone: { type: ['string', 'null'] } } } },
];
const showing: TemplateTraits = {
  toolVariable: 'tools',
  call: { emptyContent: '', arguments: 'object' },
  showsResults: true,
  showsParallelCalls: true,
};

const convert = (syntax: Parameters<typeof createToolCallFormat>[0], traits: TemplateTraits) =>
  createToolCallFormat(syntax, traits).toTemplateConversations(conversation, tools);

describe('a conversation with tools for a template', () => {
  test('a template without tools gets all of it as text', () => {
    const [only, ...others] = convert(hermesSyntax, plainTraits);
    expect(others).toEqual([]);
    expect(only?.variables).toEqual({});
    expect(only?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user', 'user']);
    const [system, , answer, results] = only?.messages ?? [];
    expect(system?.content).toMatch(
      /^Be brief\.\n\nYou may call[\s\S]*"name": "now"[\s\S]*<tool_call>\n\{"name": "example/,
    );
    expect(answer?.content).toBe(
      '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>\n' +
        '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>',
    );
    expect(results?.content).toBe(
      '<tool_response>\nSunny.\n</tool_response>\n<tool_response>\nNoon.\n</tool_response>',
    );
  });

  test('a template with tools gets objects, and simpler ones if it refuses them', () => {
    const [first, simpler, written] = convert(hermesSyntax, showing);
    expect(first?.messages[2]?.tool_calls?.[0]).toEqual({
      type: 'function',
      id: 'call_1',
      function: { name: 'get_weather', arguments: { city: 'Paris' } },
    });
    expect(first?.messages[3]).toEqual({
      role: 'tool',
      tool_call_id: 'call_1',
      name: 'get_weather',
      content: 'Sunny.',
    });
    const zone = { type: 'string', description: '' };
    expect(JSON.stringify(first?.variables)).toContain('["string","null"]');
    expect(simpler?.variables).toEqual({
      tools: [
        {
          type: 'function',
          function: { name: 'now', description: '', parameters: { type: 'object', properties: { zone } } },
        },
      ],
    });
    expect(written?.variables).toEqual({});
  });

  test('one call in each message where a template takes no more', () => {
    const [first] = convert(llamaSyntax, { ...showing, showsParallelCalls: false });
    expect(first?.messages.map(({ role, content }) => [role, content])).toEqual([
      ['system', 'Be brief.'],
      ['user', 'Weather?'],
      ['assistant', ''],
      ['tool', 'Sunny.'],
      ['assistant', ''],
      ['tool', 'Noon.'],
      ['user', 'Thanks.'],
    ]);
  });

  test('ids have the form that the template wants, the same for call and result', () => {
    const [nine] = convert(mistralListSyntax, showing);
    const ids = nine?.messages[2]?.tool_calls?.map(({ id }) => id) ?? [];
    expect(ids).toEqual([expect.stringMatching(/^[a-z0-9]{9}$/), expect.stringMatching(/^[a-z0-9]{9}$/)]);
    expect(nine?.messages.flatMap(({ tool_call_id }) => tool_call_id ?? [])).toEqual(ids);
    const [named] = convert(kimiSyntax, showing);
    expect(named?.messages.flatMap(({ tool_call_id }) => tool_call_id ?? [])).toEqual([
      'functions.get_weather:0',
      'functions.now:1',
    ]);
  });

  test('a template that prints any role gets results from the user', () => {
    const render: RenderTemplate = (messages) =>
      messages.map(({ role, content }) => `${role}: ${content}`).join('\n');
    const roles = (template: string) =>
      findToolCallFormat(template, render)
        .toTemplateConversations(conversation, tools)[0]
        ?.messages.map(({ role }) => role);
    expect(roles("'<|im_start|>' + message['role']")).not.toContain('tool');
    expect(roles("{% if message.role == 'tool' %}")).toContain('tool');
  });
});
