import { afterAll, expect, it } from 'vitest';
import { EngineInspectionError } from '../../src/engine/engine-inspector.ts';
import { checkGbnf } from '../../src/grammar/gbnf/check-gbnf.ts';
import { openGrammarInspector } from './grammar-inspector.ts';

const environment = { PATH: process.env['PATH'] };
const inspector = openGrammarInspector({ environment, answerMsMax: 5000 });
afterAll(() => inspector.close());

it('tells which texts a grammar accepts as a whole', { timeout: 60_000 }, async () => {
  const grammar = String.raw`root ::= "\"" [^"\\\x00-\x1F]* "\""`;
  expect(await inspector.check(grammar, ['"a é 漢 🦔"', '"', '', '"a"b', '""'])).toEqual([
    true,
    false,
    false,
    false,
    true,
  ]);
});

it('answers in order, also large questions, and goes on after a grammar that does not parse', async () => {
  const literal = 'abc '.repeat(50_000);
  const [large, broken, small] = await Promise.allSettled([
    inspector.check(`root ::= "${literal}"`, [literal, `${literal}!`]),
    inspector.check('root ::= "', ['a']),
    inspector.check('root ::= "a"', ['a', 'b']),
  ]);
  expect(large).toMatchObject({ value: [true, false] });
  expect(broken).toMatchObject({ status: 'rejected', reason: expect.any(EngineInspectionError) });
  expect(small).toMatchObject({ value: [true, false] });
});

it('ends a question that takes too long, and answers the next', { timeout: 60_000 }, async () => {
  const hasty = openGrammarInspector({ environment, answerMsMax: 500 });
  await hasty.check('root ::= "a"', []);
  const letters = [...'bcdefghij'].map((letter) => `"a" s "${letter}"`).join(' | ');
  await expect(hasty.check(`root ::= s\ns ::= ${letters} | "a"`, ['a'.repeat(40)])).rejects.toThrow(
    'no answer within 0.5 seconds',
  );
  expect(await hasty.check('root ::= "a"', ['a'])).toEqual([true]);
  await hasty.close();
  await expect(hasty.check('root ::= "a"', ['a'])).rejects.toThrow('closed');
});

it.each([
  '# x\n\nroot ::= "a" |\n "b"\n',
  'root ::= "a" # x\n | "b"',
  'root ::= ("a"\n | "b")*\n',
  String.raw`root ::= "\x00\u00e9\U0001F600\t\r\n\\\"\[\]\-" [^\]\-a-z\x00-\x1F] [a-] [-a]`,
  String.raw`root ::= "\x0"`,
  String.raw`root ::= "\d"`,
  'root ::= "a"{2} [b]{2,} .{0,2000} ("c" "d"?){1,3}',
  'root ::= "a"{ 2 , 3 }',
  'root ::= "a"{2,3',
  'root ::= "a"{,3}',
  'root ::= "a"{2001}',
  'root ::= ("a" | ("b" | "c")){1000}',
  'root ::= ("a" | ("b" | "c")){1001}',
  'root ::= ("a"{20}){100}',
  'root ::= ("a"{2,20}){100}',
  'root ::= "a"{50}{50}',
  'root ::= "" [] () | ',
  'root ::= ""*',
  'root ::= *',
  'root ::=',
  'root ::= a-b\na-b ::= "x"',
  'root ::= a_b\na_b ::= "x"',
  'root ::= "a"\r\nother ::= "b"\r\n',
  'root ::= "a"\nroot ::= "b"',
  'root ::= ("a"',
  'root ::= "a")',
  'root ::= "a\nb"',
  'root = "a"',
  'root ::= nowhere',
  'start ::= "a"',
  'root ::= root "a" | "b"',
  'root ::= x root | "b"\nx ::= "a" | ',
  '',
])('is as strict as our own reading of %j', { timeout: 60_000 }, async (grammar) => {
  const isParsed = await inspector.check(grammar, []).then(
    () => true,
    () => false,
  );
  let isTaken = true;
  try {
    checkGbnf(grammar);
  } catch {
    isTaken = false;
  }
  expect(isTaken).toBe(isParsed);
});
