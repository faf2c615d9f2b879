import { expect, test } from 'vitest';
import { compileToolArguments } from '../../src/grammar/compile-tool-arguments.ts';
import { createOutputCheck } from '../../src/grammar/create-output-check.ts';
import { compileJsonSchema } from '../../src/grammar/json-schema/compile-json-schema.ts';
import { parseJson } from '../../src/json/parse-json.ts';
import { matchesGrammar } from './matches-grammar.ts';
import { readGbnf } from './read-gbnf.ts';

/** Which of these texts the grammar of a schema takes, and the check lets through. */
function listTaken(schemaText: string, texts: readonly string[]): [grammar: string[], check: string[]] {
  const schema = parseJson(schemaText);
  const grammar = readGbnf(compileJsonSchema(schema).gbnf);
  const form = { kind: 'json-schema', name: 'a', description: undefined, schema, strict: true } as const;
  const check = createOutputCheck(form);
  return [
    texts.filter((text) => matchesGrammar(grammar, text)),
    texts.filter((text) => check(text).length === 0),
  ];
}

const max = '9223372036854775807';

test.each<[string, string[], string[]]>([
  [
    '{"const":9007199254740993}',
    ['9007199254740993'],
    ['9007199254740992', '9007199254740994', '"9007199254740993"'],
  ],
  [
    '{"enum":[1234567890123456789,"a",1]}',
    ['1234567890123456789', '"a"', '1'],
    ['1234567890123456800', '1234567890123456788'],
  ],
  [
    '{"type":"integer","minimum":9007199254740993,"maximum":9007199254740993}',
    ['9007199254740993'],
    ['9007199254740992', '9007199254740994'],
  ],
  [
    '{"type":"integer","exclusiveMinimum":9007199254740992,"exclusiveMaximum":9007199254740994}',
    ['9007199254740993'],
    ['9007199254740992', '9007199254740994'],
  ],
  [
    '{"type":"integer","minimum":12345678901234567890,"maximum":12345678901234567891}',
    ['12345678901234567890', '12345678901234567891'],
    ['12345678901234567889', '12345678901234567892'],
  ],
  [
    '{"type":"integer","maximum":-9007199254740993,"minimum":-9007199254740994}',
    ['-9007199254740993', '-9007199254740994'],
    ['-9007199254740992', '-9007199254740995'],
  ],
  [
    '{"type":"number","minimum":9007199254740993,"maximum":9007199254740993}',
    ['9007199254740993'],
    ['9007199254740992', '9007199254740994', '9007199254740992.5'],
  ],
  [
    '{"type":"number","exclusiveMinimum":-9007199254740994,"exclusiveMaximum":-9007199254740992}',
    ['-9007199254740993'],
    ['-9007199254740992', '-9007199254740994'],
  ],
  [
    '{"type":"integer","exclusiveMinimum":9223372036854775807}',
    ['9223372036854775808'],
    ['9223372036854775807', '1'],
  ],
  [
    '{"type":"integer","exclusiveMaximum":-9223372036854775808}',
    ['-9223372036854775809'],
    ['-9223372036854775808', '-1'],
  ],
  ['{"const":1e400}', ['1e400'], ['1e401', '1']],
  [
    '{"const":{"z":[18446744073709551615],"10":1,"2":-1e23}}',
    ['{"z":[18446744073709551615],"10":1,"2":-1e23}'],
    ['{"z":[18446744073709551616],"10":1,"2":-1e23}'],
  ],
  [
    '{"type":"integer","minimum":9007199254740992,"maximum":9007199254740994,"not":{"const":9007199254740993}}',
    ['9007199254740992', '9007199254740994'],
    ['9007199254740993'],
  ],
  [
    '{"type":"array","items":{"const":9007199254740993},"minItems":1}',
    ['[9007199254740993]'],
    ['[9007199254740992]'],
  ],
])('numbers that JavaScript rounds are held as they are: %s', (schema, taken, refused) => {
  expect(listTaken(schema, [...taken, ...refused])).toEqual([taken, taken]);
});

test('a fraction with more digits than a double is written as it is; the check reads it as a double', () => {
  const [written] = listTaken('{"const":0.1000000000000000055}', ['0.1000000000000000055', '0.1', '0.2']);
  expect(written).toEqual(['0.1000000000000000055']);
  expect(
    createOutputCheck({ ...format, schema: parseJson('{"const":0.1000000000000000055}') })('0.2'),
  ).toHaveLength(1);
});

const format = { kind: 'json-schema', name: 'a', description: undefined, strict: true } as const;

test('an answer with such a number is judged exactly where its schema has none', () => {
  const check = (schema: object, text: string) => createOutputCheck({ ...format, schema })(text).length === 0;
  expect(check({ type: 'integer', maximum: 10 }, '9007199254740993')).toBe(false);
  expect(check({ type: 'integer', minimum: 10 }, '9007199254740993')).toBe(true);
  expect(check({ type: 'string' }, '9007199254740993')).toBe(false);
  expect(check({ type: ['string', 'number'] }, '9007199254740993')).toBe(true);
  expect(check({ required: ['a'] }, '9007199254740993')).toBe(true);
  expect(check({ multipleOf: 2 }, '9007199254740993')).toBe(false);
  expect(check({ multipleOf: 3 }, '9007199254740993')).toBe(true);
  expect(check({ uniqueItems: true }, '[9007199254740993,9007199254740992]')).toBe(true);
  expect(check({ uniqueItems: true }, '[9007199254740993,9007199254740993.0]')).toBe(false);
  expect(
    check({ properties: { a: { minLength: 2 } }, additionalProperties: false }, '{"a":9007199254740993}'),
  ).toBe(true);
});

test.each([
  ['{"type":"integer"}', ['0', '-0', '1', '-1', max, '-9223372036854775808', '1000000000000000000', '999']],
  ['{"type":"integer","minimum":0}', ['0', max]],
  ['{"type":"integer","maximum":-5}', ['-5', '-9223372036854775808']],
  ['{"type":"integer","multipleOf":2}', ['0', '2', '-40']],
])('an integer without bounds of its own stays within 64 bits: %s', (schema, taken) => {
  const beyond = [
    '9223372036854775808',
    '-9223372036854775809',
    '10000000000000000000',
    '99999999999999999999',
  ];
  const [written] = listTaken(schema, [...taken, ...beyond, '01', '']);
  expect(written).toEqual(taken);
});

test.each<[string, string[], string[]]>([
  [
    '{"type":"integer","multipleOf":9007199254740993}',
    ['0', '9007199254740993', '-18014398509481986'],
    ['1', '9007199254740992'],
  ],
  ['{"type":"number","multipleOf":1001}', ['1001', '-2002', '0'], ['1000', '1001.5']],
  ['{"type":"number","multipleOf":0.1234}', ['0.1234', '0.2468', '1.234'], ['0.1235', '0.5']],
  [
    '{"type":"integer","multipleOf":7919,"minimum":1000000000000}',
    ['1000000003749', '1000000011668'],
    ['0', '7919', '1000000003748'],
  ],
  ['{"type":"integer","multipleOf":5000,"maximum":-1}', ['-5000', '-10000'], ['0', '-4999', '5000']],
  [
    '{"type":"integer","allOf":[{"multipleOf":1009},{"multipleOf":1013}],"minimum":1}',
    ['1022117', '2044234'],
    ['1009', '1013', '0'],
  ],
  [
    '{"type":"integer","multipleOf":2,"minimum":9007199254740993}',
    ['9007199254740994', '9223372036854775806'],
    ['9007199254740993', '9007199254740995', '2'],
  ],
])('multiples of a divisor with many remainders: %s', (schema, right, wrong) => {
  expect(listTaken(schema, [...right, ...wrong])).toEqual([right, right]);
  expect(compileJsonSchema(parseJson(schema)).checkedAfterwards).toEqual([]);
});

test('one with bounds beyond them has its own', () => {
  expect(listTaken(`{"type":"integer","minimum":1${max}}`, [`1${max}`, max])[0]).toEqual([`1${max}`]);
});

const member = (names: string[]) => `{${names.map((name) => `"${name}":true`).join(',')}}`;

test.each([
  [['name', '10', '2', 'a', '1']],
  [['1', '0', '__proto__', '7', 'constructor']],
  [['b', '4294967296', '4294967294', '0']],
])('members come in the order of the schema, names of digits too: %j', (names) => {
  const properties = `{${names.map((name) => `"${name}":{"const":true}`).join(',')}}`;
  const declared = `{"type":"object","properties":${properties},"required":${JSON.stringify(names)},"additionalProperties":false}`;
  const [right, wrong] = [member(names), member(names.toSorted())];
  const named = `{"type":"object","required":${JSON.stringify(names)},"properties":{}}`;
  const nested = (schema: string) =>
    `{"$defs":{"9":{"items":{"$ref":"#/$defs/1"},"minItems":1,"type":"array"},"1":${schema}},"$ref":"#/$defs/9"}`;
  expect(listTaken(declared, [right, wrong])[0]).toEqual([right]);
  expect(listTaken(nested(declared), [`[${right}]`, `[${wrong}]`])[0]).toEqual([`[${right}]`]);
  expect(listTaken(named, [right, wrong])[0]).toEqual([right]);
  const tool = readGbnf(compileToolArguments(parseJson(declared)).gbnf);
  expect([right, wrong].filter((text) => matchesGrammar(tool, text))).toEqual([right]);
});
