import { describe, expect, test } from 'vitest';
import { matchesGrammar } from '../../../test/grammar/matches-grammar.ts';
import { readGbnf } from '../../../test/grammar/read-gbnf.ts';
import { compileJsonSchema } from '../json-schema/compile-json-schema.ts';
import { embedGrammar, prefixRules } from './embed-grammar.ts';
import { createGrammarWriter } from './grammar-writer.ts';

describe('embedding grammars', () => {
  test('only names change', () => {
    expect(prefixRules('root ::= "root \\" a" [a-z\\]] a{1,2} # root\na ::= root?\n', 'x-')).toBe(
      'x-root ::= "root \\" a" [a-z\\]] x-a{1,2} # root\nx-a ::= x-root?\n',
    );
  });

  test('two schemas stand in one grammar', () => {
    const writer = createGrammarWriter({ grammarBytesMax: 100_000 });
    const schemas = [
      {
        type: 'object',
        properties: { a: { type: 'integer' } },
        required: ['a'],
        additionalProperties: false,
      },
      { enum: ['root', 'r1'] },
    ];
    const names = schemas.map((schema, index) =>
      embedGrammar(writer, compileJsonSchema(schema).gbnf, `g${index}-`),
    );
    const grammar = readGbnf(writer.print(writer.add(names.join(' | '))));
    expect(
      ['{"a":1}', '"root"', '"r1"', '{"a":"root"}', '"x"'].map((text) => matchesGrammar(grammar, text)),
    ).toEqual([true, true, true, false, false]);
  });
});
