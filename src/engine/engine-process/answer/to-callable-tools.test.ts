import { expect, test } from 'vitest';
import { matchesGrammar } from '../../../../test/grammar/matches-grammar.ts';
import { readGbnf } from '../../../../test/grammar/read-gbnf.ts';
import type { ToolDefinition, ToolUse } from '../../../backend/tool.ts';
import { UnsupportedSchemaError } from '../../../grammar/gbnf/unsupported-schema-error.ts';
import type { CallSyntax } from '../tool-calls/call-syntax.ts';
import { createToolCallFormat } from '../tool-calls/create-tool-call-format.ts';
import {
  gemmaSyntax,
  glmSyntax,
  lfmSyntax,
  qwenCoderSyntax,
} from '../tool-calls/syntaxes/parameter-syntaxes.ts';
import { plainTraits } from '../tool-calls/template-traits.ts';
import type { ToolCallEvent } from '../tool-calls/tool-call-format.ts';
import { toCallableTools } from './to-callable-tools.ts';

// A form whose parameters are written each on its own, their texts raw.
const format = createToolCallFormat(qwenCoderSyntax, plainTraits);

function toLongest(more: Partial<ToolUse>, argumentsStringCharactersMax?: number): number {
  const tool = {
    name: 'write',
    description: undefined,
    parameters: { type: 'object', properties: { content: { type: 'string' } }, required: ['content'] },
    ...{ isStrict: false, argumentsGrammar: undefined, argumentsStringCharactersMax },
  };
  const toolUse: ToolUse = {
    ...{ tools: [tool], choice: 'required', callableNames: ['write'], isParallel: false },
    ...more,
  };
  const tools = toCallableTools(format, toolUse);
  const grammar = readGbnf(format.toGrammar({ tools, isParallel: false }));
  const write = (length: number) => [
    '<tool_call>\n<function=write>\n<parameter=content>\n',
    'x'.repeat(length),
    '\n</parameter>\n</function>\n</tool_call>',
  ];
  const fitting = [200, 1_000, 5_000].filter((length) => matchesGrammar(grammar, write(length).join('')));
  return Math.max(0, ...fitting);
}

test('a raw text of a forced call may be as long as the service says, or 200 characters', () => {
  expect(toLongest({})).toBe(200);
  expect(toLongest({}, 1_440)).toBe(1_000);
});

test('that of a call that is not forced has no bound', () => {
  expect(toLongest({ choice: 'auto' })).toBe(5_000);
});

// Forms with parameters of their own have their own way to write what can't be listed.
test.each<[CallSyntax, string, string]>([
  [
    qwenCoderSyntax,
    '<tool_call>\n<function=other>\n<parameter=a>\n1\n</parameter>\n<parameter=b>\ntext\n</parameter>\n</function>\n</tool_call>',
    '{"a": 1, "b": "text"}',
  ],
  [
    glmSyntax,
    '<tool_call>other\n<arg_key>a</arg_key>\n<arg_value>[1]</arg_value>\n</tool_call>',
    '{"a": [1]}',
  ],
  [lfmSyntax, '<|tool_call_start|>[other(a=1, b={"c": "d"})]<|tool_call_end|>', '{"a": 1, "b": {"c":"d"}}'],
  [gemmaSyntax, '<|tool_call>call:other{a:1,b:<|"|>x<|"|>}<tool_call|>', '{"a": 1, "b": "x"}'],
])('a tool whose parameters can not be listed takes any of them: %o', (syntax, text, expected) => {
  const form = createToolCallFormat(syntax, plainTraits);
  const parameters = { type: 'object', properties: { a: { type: 'string', enum: [] } }, required: ['a'] };
  const toTool = (more: Partial<ToolDefinition>): ToolDefinition => ({
    ...{ name: 'other', description: undefined, parameters, isStrict: false, argumentsGrammar: undefined },
    ...more,
  });
  for (const choice of ['auto', 'required'] as const) {
    const open = (more: Partial<ToolDefinition>) =>
      toCallableTools(form, { tools: [toTool(more)], choice, callableNames: ['other'], isParallel: false });
    for (const more of [{}, { parameters: {}, takesAnyArguments: true }]) {
      const tools = open(more);
      expect(matchesGrammar(readGbnf(form.toGrammar({ tools, isParallel: false })), text)).toBe(true);
      const parser = form.createParser({ tools });
      expect(listArguments([...parser.push(text), ...parser.end()])).toEqual([expected]);
    }
    expect(() => open({ isStrict: true })).toThrow(UnsupportedSchemaError);
  }
});

function listArguments(events: readonly ToolCallEvent[]): string[] {
  const texts: string[] = [];
  for (const event of events) {
    if (event.type === 'call-start') texts.push('');
    if (event.type === 'arguments-delta') texts.push(`${texts.pop() ?? ''}${event.text}`);
  }
  return texts;
}
