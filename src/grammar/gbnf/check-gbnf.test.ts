import { expect, test } from 'vitest';
import { checkGbnf } from './check-gbnf.ts';
import { UnsupportedSchemaError } from './unsupported-schema-error.ts';

function refusalOf(text: string): string {
  try {
    checkGbnf(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UnsupportedSchemaError);
    return error instanceof Error ? error.message : '';
  }
  return '';
}

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

test.each([
  ['a comment, an empty line, and alternatives over lines after the bar', '# x\n\nroot ::= "a" |\n "b"\n'],
  ['groups over lines', 'root ::= ("a"\n | "b")*\n'],
  ['escapes', String.raw`root ::= "\x00\u00e9\U0001F600\t\r\n\\\"" [^\]\-a-z\x00-\x1F] [a-]`],
  ['counts', 'root ::= "a"{2} [b]{2,} .{0,2000} ("c" "d"?){1,3}'],
  ['empty things', 'root ::= "" [] () | '],
  [
    'an automaton of 5,000 states',
    `${lines(5000, (at) => `root${at || ''} ::= [a-z] root${at + 1}`)}\nroot5000 ::= ""`,
  ],
  ['a recursion behind a character', 'root ::= "(" root ")" | root2\nroot2 ::= "x" root2 | ""'],
  ['500 ways', `root ::= ${Array.from({ length: 500 }, (_, at) => `"${at}"`).join(' | ')}`],
])('takes %s', (_, text) => {
  expect(refusalOf(text)).toBe('');
});

test.each([
  ['no rule', '', "no rule named 'root'"],
  ['no root', 'start ::= "a"', "no rule named 'root'"],
  ['a rule that is missing', 'root ::= nowhere', "no rule named 'nowhere'"],
  ['an open literal', 'root ::= "a', 'a character expected (line 1)'],
  ['an escape that is none', String.raw`root ::= "\d"`, 'a character expected'],
  ['a NUL in the text', 'root ::= "a\0b"', 'a character expected'],
  ['an open group', 'root ::= "b"\nx ::= ("a"', "')' expected (line 2)"],
  ['a rule without its sign', 'root = "a"', "'::=' expected"],
  ['an underscore in a name', 'root ::= a_b', 'the end of the line expected'],
  ['a repetition of nothing', 'root ::= *', 'something to repeat expected'],
  ['a token', 'root ::= <[2]> "a"', 'names a token'],
  ['a token that it is not', 'root ::= !<[2]>', 'names a token'],
  ['a repetition that ends before it begins', 'root ::= "a"{5,2}', 'end is before its beginning'],
  ['a repetition that llama.cpp would leave open', 'root ::= "a"{0,2001}', 'more than 2000 times'],
  ['repetitions of repetitions', 'root ::= ("a" | ("b" | "c")){1001}', 'more than 2000 times'],
  ['a literal written out', `root ::= "${'x'.repeat(5000)}"{2000}`, 'too large'],
  ['groups too deep', `root ::= ${'('.repeat(50_000)}"a"${')'.repeat(50_000)}`, 'groups more than 200 deep'],
  ['a class too large', `root ::= [${'ab'.repeat(1001)}]`, 'a class of more than 2000'],
  ['a rule that begins with itself', 'root ::= root "a" | "b"', 'begins with itself'],
  [
    'one behind what is empty by way of another',
    'root ::= b root "y" | "x"\nb ::= c\nc ::= ""',
    'begins with itself',
  ],
  [
    'rules that begin with one another',
    `${lines(5000, (at) => `root${at || ''} ::= root${at + 1}`)}\nroot5000 ::= "x"`,
    '2000 deep',
  ],
  [
    'paths that double with each rule',
    `${lines(40, (at) => `root${at || ''} ::= root${at + 1} "x" | root${at + 1}`)}\nroot40 ::= "x"`,
    'too many rules that begin',
  ],
  [
    '501 ways',
    `root ::= ${Array.from({ length: 501 }, (_, at) => `"${at}"`).join(' | ')}`,
    'more than 500 ways',
  ],
  [
    'ways that add up behind what may be left out',
    `root ::= "x" ${Array.from({ length: 501 }, (_, at) => `"${at}"?`).join(' ')}`,
    'more than 500 ways',
  ],
])('refuses %s', (_, text, message) => {
  expect(refusalOf(text)).toContain(message);
});

test('takes no longer than its text is long', () => {
  const hostile = [
    `root ::= ${'"a"? '.repeat(100_000)}`,
    `root ::= ${'("a" | '.repeat(150)}"b"${')*'.repeat(150)}`,
    `root ::= ${Array.from({ length: 50_000 }, (_, at) => `r${at}`).join(' ')}\n${lines(50_000, (at) => `r${at} ::= ""`)}`,
  ];
  const startedAtMs = performance.now();
  for (const text of hostile) {
    refusalOf(text);
  }
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
});
