import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareNumbers, ExactNumber, NumberTooLongError, toNumberKey, toPlaces } from './exact-number.ts';
import { parseJson } from './parse-json.ts';
import { toPlainJson } from './to-plain-json.ts';
import { writeJson } from './write-json.ts';

describe('parseJson', () => {
  test.each([
    ...['{"b":1,"10":2,"2":3,"a":4,"1":5}', '{"a":{"x":[{"z":1,"0":2}]}}', '{"\\u0031":1,"a":2,"0":3}'],
    ...['[9007199254740993,-9223372036854775808,18446744073709551615]', '[1e400,1e-400,-1e23]'],
    ...['{"0.1000000000000000055":0.1000000000000000055}', '12345678901234567890', '{"a":[1e20,1E+99]}'],
    ...[
      '{"\\u0000n1":"\\u0000n12345678901234567890","5":"\\u0000t"}',
      '{"x":"\\"9007199254740993\\":","a":1}',
    ],
    ...['{"a":1,"4294967296":2,"7":3}', '{"a":1,"__proto__":{"9":1,"8":2},"3":4}', '{"a":{},"1":{}}'],
  ])('keeps order and numbers: %s', (text) => {
    const parsed = parseJson(text);
    const withoutEscapes = text.replaceAll('\\u0031', '1');
    expect(writeJson(parsed)).toBe(withoutEscapes);
  });

  test('is JSON.parse for everything else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(toPlainJson(parseJson(text))).toEqual(JSON.parse(text));
      }),
    );
    for (const text of [
      '',
      '{',
      '{"1":}',
      '[012345678901234567]',
      '1234567890123456.',
      '{"1":1,}',
      '"\u0000"',
      '+12345678901234567',
    ]) {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    }
  });

  test('of a name that comes twice the last value counts', () => {
    expect(writeJson(parseJson('{"5":1,"a":2,"5":3}'))).toBe('{"5":3,"a":2}');
    expect(writeJson(parseJson('{"a":1,"5":1,"a":12345678901234567890}'))).toBe(
      '{"a":12345678901234567890,"5":1}',
    );
  });

  test('a double as somebody printed it is a plain number', () => {
    for (const text of [
      '0.69999999999999996',
      '0.69999999999999995559',
      '0.10000000000000000555',
      '1.0000000000000000000',
      '-0',
      '5e-324',
      '12345678.900000000000000',
    ]) {
      expect(parseJson(`[${text}]`)).toEqual([Number(text)]);
    }
    expect(parseJson('[0.1000000000000000055]')).toEqual([expect.any(ExactNumber)]);
  });

  test('numbers are bounded', () => {
    for (const text of ['1'.repeat(1_001), '1e1001', '1e-1001', '1e999999999999', `0.${'1'.repeat(1_001)}`]) {
      expect(() => parseJson(text)).toThrow(NumberTooLongError);
    }
  });

  test('nothing of an ordered object is lost', () => {
    const parsed = parseJson('{"b":1,"1":2}') as Record<string, unknown>;
    expect(Object.keys(parsed)).toEqual(['b', '1']);
    expect(Object.entries(parsed)).toEqual([
      ['b', 1],
      ['1', 2],
    ]);
    expect([Object.hasOwn(parsed, '1'), '1' in parsed, parsed['1'], parsed['x']]).toEqual([
      true,
      true,
      2,
      undefined,
    ]);
    expect(() => structuredClone(parsed)).toThrow();
  });
});

test('numbers compare by their value', () => {
  const texts = [
    '-1e400',
    '-9223372036854775809',
    '-9223372036854775808',
    '-1',
    '-1e-400',
    '0',
    '1e-400',
    '0.1',
    '0.1000000000000000055',
    '0.5',
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '1e20',
    '100000000000000000001',
    '1e400',
  ];
  const numbers = texts.map((text) => (parseJson(`[${text}]`) as (number | ExactNumber)[])[0] ?? 0);
  for (const [index, one] of numbers.entries()) {
    for (const [other, second] of numbers.entries()) {
      expect(compareNumbers(one, second) > 0, `${texts[index]} and ${texts[other]}`).toBe(index > other);
      expect(compareNumbers(one, second) < 0).toBe(index < other);
    }
  }
  expect(toNumberKey(new ExactNumber('1e20'))).toBe(toNumberKey(new ExactNumber('100000000000000000000.0')));
  expect(toPlaces(new ExactNumber('-12.50e2'))).toEqual({ whole: '1250', fraction: '' });
  expect(toPlaces(1e-7)).toEqual({ whole: '0', fraction: '0000001' });
});

test('who writes an exact number unknowingly is stopped', () => {
  expect(() => JSON.stringify({ a: parseJson('9007199254740993') })).toThrow('writeJson');
});
