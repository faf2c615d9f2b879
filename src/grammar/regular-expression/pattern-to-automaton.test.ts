import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptsText } from '../automaton/automaton.ts';
import { AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { parseRegularExpression } from './parse-regular-expression.ts';
import { assertionsToAutomaton, fullPatternToAutomaton, patternToAutomaton } from './pattern-to-automaton.ts';
import { UnsupportedPatternError } from './unsupported-pattern-error.ts';

const limits = { statesMax: 5_000, stepsMax: 5_000_000 };

/** As people write them into schemas; each is compared with the platform's engine. */
const patterns: readonly string[] = [
  ...[
    '',
    'a',
    'abc',
    '^',
    '$',
    '^$',
    '^abc$',
    '^a|b$',
    '(^a|b)',
    '(^a|b$)c?',
    '^$|^foo$',
    'a|',
    '|a',
    'a||b',
    '()',
    '(?:)',
  ],
  ...[
    '^[a-z][a-z0-9-]{0,62}$',
    '^\\d{3}-\\d{2}-\\d{4}$',
    '^(\\([0-9]{3}\\))?[0-9]{3}-[0-9]{4}$',
    '^#?([a-f0-9]{6}|[a-f0-9]{3})$',
  ],
  ...[
    '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
    '^v?\\d+\\.\\d+\\.\\d+(?:-[\\w.]+)?$',
    '^(?:[1-9]\\d*|0)(?:\\.\\d+)?$',
  ],
  ...[
    '^\\S+@\\S+\\.\\S+$',
    '^[^@]+@[^@]+$',
    '^https?://',
    '\\.(jpe?g|png|gif)$',
    '^.*$',
    '^.+$',
    '.',
    '^.{2,3}$',
    '\\S',
    '^\\S(.*\\S)?$',
  ],
  ...[
    '^[A-Z]{2}\\d{2}[A-Z0-9]{1,30}$',
    '^\\+?[1-9]\\d{1,14}$',
    '^[\\w.-]+$',
    '^[\\w-.]+$',
    '^[-+]?[0-9]+$',
    '^[^\\s]+$',
    '[^]',
    '^[]$',
  ],
  ...[
    '^x-',
    '^(?!x-)',
    '^(?!.*\\.\\.).+$',
    '^(?=.*\\d)(?=.*[a-z]).{2,4}$',
    '^(?!(?:foo|bar)$)\\w+$',
    '(?=a)b',
    '(?!a)a',
    '(?:(?!ab).)*$',
  ],
  ...[
    '^(?:(?!ab).)*$',
    '^((?=a)\\w|b)+$',
    '(?<=a)b',
    '(?<!a)b',
    '^(?<!x)a',
    '(?<=^|,)a(?=,|$)',
    '(?<=(?<!b)a)c',
  ],
  ...[
    '\\bfoo\\b',
    '\\Ba\\B',
    '^\\b',
    '\\b$',
    '^\\B$',
    '(?!.*\\bab\\b)^',
    'a\\b|\\bb',
    '(?=\\b)a',
    'a(?=(?=b)b(?!c))',
    '(?!(?!a))',
  ],
  ...[
    'a$b',
    'a^b',
    '^^a$$',
    '(a$|b)*',
    '(^a)*b',
    '(^)*b',
    '(?:\\b)+a',
    '(?:^|-)a(?:-|$)',
    '(?=a)*b',
    '(?=a){2}a',
    'a*?b+?c??',
    'a{2,}?',
    'a{0}',
    'a{,2}',
    'a{',
    '{',
    'a{1',
    '}',
    ']',
  ],
  ...[
    '^[.]$',
    '^\\.$',
    '\\/',
    '^[\\]]$',
    '^[a\\-z]$',
    '^[a-]$',
    '^[-a]$',
    '^[+--]$',
    '[\\b]',
    '\\t\\n\\r\\f\\v',
    '\\x41',
    '\\u0041',
    '\\u{41}',
    '\\0',
    '\\cA',
    '\\ud83d\\ude00',
  ],
  ...[
    '^\\p{L}+$',
    '^\\P{L}+$',
    '\\p{Script=Greek}',
    '^[\\p{Lu}\\d]+$',
    '^😀+$',
    '^[😀-😂]$',
    '(?<year>\\d+)',
    '^(?:a(?:b(?:c)?)?)?$',
    '(a|ab)(c|bcd)(d*)',
    '\\1',
    '\\8',
    '[\\1]',
  ],
  ...[
    'red|green|blue',
    '^dev|alpha|beta$',
    '^(?:\\S+\\s+){0,9}\\S+$',
    '^[!-~]+$',
    '\\w\\W\\d\\D\\s\\S',
    '[^\\W\\d]',
    '[\\s\\S]',
    '\\-\\_\\#',
  ],
];

/** Characters that tell such patterns apart, and words that they speak of. */
const pieces = [
  ...'abcdfxzAZ019_-.,@#+/:( {}[]|^$~\\"\t\n\r\u2028é\u03b1',
  '\0',
  '\b',
  '\x01',
  '😀',
  '😁',
  'foo',
  'bar',
  'ab',
  'bc',
];

function toNative(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}

/** Texts of the pieces, and often of the pattern's own characters. */
function textsFor(source: string) {
  const own = [...source.replace(/[\\^$()?*+|{}[\]]/g, ''), 'a'];
  const piece = fc.oneof(fc.constantFrom(...pieces), fc.constantFrom(...own));
  return fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
}

describe('finds what the platform finds', () => {
  test.each(patterns)('%j', (source) => {
    const automaton = patternToAutomaton(source, limits);
    const native = toNative(source);
    // Without the flag u the platform counts halves of characters beyond U+FFFF.
    const sees = (value: string) => native.unicode || !/[\ud800-\udfff]/.test(value);
    fc.assert(
      fc.property(textsFor(source), (value) => {
        fc.pre(sees(value));
        expect(acceptsText(automaton, value), JSON.stringify(value)).toBe(native.test(value));
      }),
      { numRuns: 300 },
    );
    expect(assertionsToAutomaton(parseRegularExpression(source), false, limits)).toEqual(automaton);
  });

  test.each(patterns)('%j in a whole text', (source) => {
    const automaton = fullPatternToAutomaton(source, limits);
    const { unicode } = toNative(source);
    const native = new RegExp(`^(?:${source})$`, unicode ? 'u' : '');
    fc.assert(
      fc.property(textsFor(source), (value) => {
        fc.pre(unicode || !/[\ud800-\udfff]/.test(value));
        expect(acceptsText(automaton, value), JSON.stringify(value)).toBe(native.test(value));
      }),
      { numRuns: 100 },
    );
    expect(assertionsToAutomaton(parseRegularExpression(source), true, limits)).toEqual(automaton);
  });
});

/** A pattern of assertions inside of each other, which nobody writes but which must be right. */
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('a', 'b', '[ab]', '.', '^', '$', '\\b', '\\B', ' ', '(?<=a)', '(?<!b)'),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}')).map(([a, count]) => `(?:${a})${count}`),
    fc.tuple(fc.constantFrom('?=', '?!'), tie('pattern')).map(([look, a]) => `(${look}${a})`),
  ),
}));

test('assertions in assertions are exact', () => {
  const texts = fc.array(
    fc.array(fc.constantFrom('a', 'b', ' '), { maxLength: 6 }).map((parts) => parts.join('')),
    { minLength: 20, maxLength: 20 },
  );
  fc.assert(
    fc.property(pattern, texts, (source, values) => {
      const automaton = patternToAutomaton(source, limits);
      const native = new RegExp(source, 'u');
      for (const value of values) expect(acceptsText(automaton, value), value).toBe(native.test(value));
    }),
    { numRuns: 500 },
  );
});

/** Spellings of other dialects, with a text that they find and one that they don't. */
test.each([
  ['\\Aab\\Z', 'ab', 'cab'],
  ['\\Aab\\z', 'ab', 'abc'],
  ['(?P<name>ab)+$', 'abab', 'aba'],
  ['(?i)^straße [k-m]+$', 'STRAßE kLM', 'strase k'],
  ['(?i)^[^a]$', 'b', 'A'],
  ['^a(?i:b)c$', 'aBc', 'aBC'],
  ['(?s)^a.b$', 'a\nb', 'a\nc'],
])('%s is understood', (source, found, other) => {
  const automaton = patternToAutomaton(source, limits);
  expect(acceptsText(automaton, found)).toBe(true);
  expect(acceptsText(automaton, other)).toBe(false);
});

test.each([
  ['(a)\\1', 'A back-reference is not supported, at offset 3.'],
  ['(?<a>b)\\k<a>', 'A back-reference'],
  ['(?P<a>b)(?P=a)', 'A back-reference'],
  ['a++', 'A possessive quantifier is not supported, at offset 1.'],
  ['(?>a)', 'An atomic group'],
  ['(?m)^a', 'The flag m'],
  ['(?<=a$)', 'Looking ahead inside of a look-behind'],
  ['(?<=\\bab)c', 'Looking ahead inside of a look-behind'],
  ['(?<=(?=a))', 'Looking ahead inside of a look-behind'],
  ['a**', 'Invalid regular expression: nothing to repeat at offset 2.'],
  ['*', 'Invalid regular expression: nothing to repeat'],
  ['^*', 'Invalid regular expression'],
  ['{1}', 'Invalid regular expression'],
  ['(a', 'Invalid regular expression: a group that is not closed at offset 0.'],
  ['a)', 'Invalid regular expression: an unmatched )'],
  ['[a', 'Invalid regular expression'],
  ['[z-a]', 'Invalid regular expression'],
  ['a{2,1}', 'Invalid regular expression'],
  ['a\\', 'Invalid regular expression'],
  ['\\p{Nope}', 'Invalid regular expression'],
  ['\\u{110000}', 'Invalid regular expression'],
  ['(?<a>b)(?<a>c)', 'Invalid regular expression'],
  ['(?y)', 'The flag y'],
  ['(?', 'Invalid regular expression'],
])('%s is refused', (source, sentence) => {
  expect(() => patternToAutomaton(source, limits)).toThrow(UnsupportedPatternError);
  expect(() => patternToAutomaton(source, limits)).toThrow(sentence);
});

test.each([
  ['(a{1000}){1000}'],
  ['(?=(a{1000}){1000})'],
  ['(?=x)(?:){1,999999999}'],
  ['(?=x)(?:){0,999999999}'],
  ['(?:){0,999999999999999999999}'],
  ['[ab]*a[ab]{40}$'],
  ['(?=.*a.{30}b).*c.{30}d'],
  ['a'.repeat(1_000_000)],
  ['('.repeat(60_000)],
  ['(?!'.repeat(20_000)],
  ['^.{60000}$'],
])('%.40s… is too large', (source) => {
  expect(() => patternToAutomaton(source, limits)).toThrow(AutomatonTooLargeError);
});

test('loops in loops are no burden', () => {
  expect(patternToAutomaton('^((a+)+)+$', limits)).toEqual(patternToAutomaton('^a+$', limits));
});

test.each([
  'L',
  'Lu',
  'Cn',
  'Co',
  'Cs',
  'Any',
  'Script=Han',
  'Emoji',
  'White_Space',
  'Noncharacter_Code_Point',
])('the property %s has exactly its code points', (property) => {
  const automaton = fullPatternToAutomaton(`\\p{${property}}`, limits);
  const native = new RegExp(`^\\p{${property}}$`, 'u');
  let wrong = '';
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    if (acceptsText(automaton, character) !== native.test(character)) wrong ||= codePoint.toString(16);
  }
  expect(wrong).toBe('');
});
