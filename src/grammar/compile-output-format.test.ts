import { expect, test } from 'vitest';
import { compileOutputFormat } from './compile-output-format.ts';
import { UnsupportedSchemaError } from './gbnf/unsupported-schema-error.ts';

test("a client's grammar passes as it came", () => {
  const grammar = 'root ::= "a" x\nx ::= [0-9]+\n';
  expect(compileOutputFormat({ kind: 'grammar', grammar })).toEqual({ gbnf: grammar, checkedAfterwards: [] });
});

test.each([
  ['x ::= "a"', /no rule named 'root'/],
  ['root ::= "a', /does not parse/],
  ['root ::= root "a" | "b"', /begins with itself/],
  [`root ::= ${'"a" | '.repeat(40_000)}"b"`, /ways on/],
])('one that would harm is refused before the engine sees it (%#)', (grammar, message) => {
  const compile = () => compileOutputFormat({ kind: 'grammar', grammar });
  expect(compile).toThrow(UnsupportedSchemaError);
  expect(compile).toThrow(message);
});
