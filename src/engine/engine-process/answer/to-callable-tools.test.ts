import { expect, test } from 'vitest';
import { matchesGrammar } from '../../../../test/grammar/matches-grammar.ts';
import { readGbnf } from '../../../../test/grammar/read-gbnf.ts';
import type { ToolUse } from '../../../backend/tool.ts';
import { createToolCallFormat } from '../tool-calls/create-tool-call-format.ts';
import { qwenCoderSyntax } from '../tool-calls/syntaxes/parameter-syntaxes.ts';
import { plainTraits } from '../tool-calls/template-traits.ts';
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
