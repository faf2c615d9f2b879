import { expect, test } from 'vitest';
import { matchesGrammar } from '../../../../test/grammar/matches-grammar.ts';
import { readGbnf } from '../../../../test/grammar/read-gbnf.ts';
import type { ToolDefinition } from '../../../backend/tool.ts';
import { compileArguments } from '../../../grammar/compile-arguments.ts';
import { anyArguments } from '../../../grammar/tool-parameters/to-arguments-schema.ts';
import type { CallSyntax } from '../tool-calls/call-syntax.ts';
import { createToolCallFormat } from '../tool-calls/create-tool-call-format.ts';
import {
  gemmaSyntax,
  glmSyntax,
  lfmSyntax,
  qwenCoderSyntax,
} from '../tool-calls/syntaxes/parameter-syntaxes.ts';
import { plainTraits } from '../tool-calls/template-traits.ts';
import type { ToolCallEvent, ToolCallFormat } from '../tool-calls/tool-call-format.ts';
import { toCallableTools } from './to-callable-tools.ts';

function open({ notation }: ToolCallFormat, parameters: unknown, charactersMax?: number) {
  const { grammar } = compileArguments(parameters, notation, charactersMax);
  const tool: ToolDefinition = {
    name: 'other',
    description: undefined,
    parameters,
    isStrict: false,
    argumentsGrammars: [grammar],
  };
  return toCallableTools({ notation }, { tools: [tool], callableNames: ['other'] });
}

// A form whose parameters are written each on its own, their texts raw.
const format = createToolCallFormat(qwenCoderSyntax, plainTraits);

function toLongest(charactersMax?: number): number {
  const parameters = { type: 'object', properties: { content: { type: 'string' } }, required: ['content'] };
  const tools = open(format, parameters, charactersMax);
  const grammar = readGbnf(format.toGrammar({ tools, isParallel: false }));
  const write = (length: number) => [
    '<tool_call>\n<function=other>\n<parameter=content>\n',
    'x'.repeat(length),
    '\n</parameter>\n</function>\n</tool_call>',
  ];
  const fitting = [200, 1_000, 5_000].filter((length) => matchesGrammar(grammar, write(length).join('')));
  return Math.max(0, ...fitting);
}

test('a raw text of a forced call may be as long as its call has room for', () => {
  expect(toLongest(720)).toBe(200);
  expect(toLongest(2_880)).toBe(1_000);
});

test('that of a call that is not forced has no bound', () => {
  expect(toLongest()).toBe(5_000);
});

test('a tool without a grammar in the notation of the model is refused', () => {
  const tools = [
    {
      name: 'other',
      description: undefined,
      parameters: undefined,
      isStrict: true,
      argumentsGrammars: [compileArguments(undefined, 'gemma', undefined).grammar],
    },
  ];
  expect(() => toCallableTools(format, { tools, callableNames: ['other'] })).toThrow(
    expect.objectContaining({ code: 'unsupported_grammar', message: expect.stringContaining("'other'") }),
  );
  expect(toCallableTools(format, { tools, callableNames: [] })).toEqual([]);
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
  for (const charactersMax of [undefined, 720]) {
    const tools = open(form, anyArguments, charactersMax);
    expect(matchesGrammar(readGbnf(form.toGrammar({ tools, isParallel: false })), text)).toBe(true);
    const parser = form.createParser({ tools });
    expect(listArguments([...parser.push(text), ...parser.end()])).toEqual([expected]);
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
