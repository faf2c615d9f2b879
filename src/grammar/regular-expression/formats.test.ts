import fullFormats from 'ajv-formats/dist/formats.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Automaton, acceptsText, isEmptyAutomaton } from '../automaton/automaton.ts';
import { subtractAutomata } from '../automaton/combine-automata.ts';
import { assertedFormats } from '../validator/asserted-formats.ts';
import { isFormatAsserted, toFormatLikePattern } from './format-like-patterns.ts';
import { formatToAutomaton } from './formats.ts';
import { fullPatternToAutomaton } from './pattern-to-automaton.ts';

const limits = { statesMax: 5_000, stepsMax: 1_000_000 };

/** By format: what is accepted, what is not, and how many states it may have. */
const formats: Readonly<Record<string, readonly [valid: string[], invalid: string[], statesMax: number]>> = {
  date: [
    ['2024-02-29', '2000-02-29', '2023-12-31', '0001-01-01', '2023-04-30'],
    ['2023-02-29', '1900-02-29', '2023-04-31', '2023-13-01', '2023-00-10', '2023-1-1', '2023-01-00', ''],
    40,
  ],
  time: [
    ['12:00:00Z', '23:59:59.123456789+23:59', '00:00:00-08:00'],
    ['12:00:00', '24:00:00Z', '12:60:00Z', '12:00:60Z', '12:00:00.Z', '12:00:00+2400', '12:00:00+24:00'],
    60,
  ],
  'date-time': [
    ['2022-01-01T12:00:00Z', '2022-01-01T12:00:00.123456+02:00', '2024-02-29T23:59:59-11:30'],
    ['2022-01-01', '2022-01-01 12:00:00Z', '2022-01-01T12:00:00', '2022-02-30T12:00:00Z'],
    80,
  ],
  duration: [
    ['P1Y2M3DT4H5M6S', 'PT36H', 'P4W', 'P10D', 'P1Y1D'],
    ['P', 'PT', 'P1', '1D', 'P1YT', 'P1W1D', 'P1.5D', 'P1M1Y'],
    30,
  ],
  email: [
    ['user.name+tag@example.co.uk', 'a@b.c', 'Joe.Blogs@Example.COM'],
    ['a@b', 'a b@c.de', '.a@b.cd', 'a.@b.cd', 'a@-b.cd', 'a@b-.cd', '@b.cd', 'a@b..cd'],
    12,
  ],
  hostname: [
    ['example.com', 'localhost', 'ec2-52-1-2-3.us-west-2.compute.amazonaws.com', 'a.b-c.d', '1.2.3.4'],
    ['-a.com', 'a-.com', 'a..b', '', 'a_b.com', 'a'.repeat(64), `${'a'.repeat(20)}.`.repeat(13)],
    300,
  ],
  ipv4: [
    ['127.0.0.1', '255.255.255.255', '0.0.0.0'],
    ['256.1.1.1', '1.2.3', '01.2.3.4', '1.2.3.4.5', ''],
    40,
  ],
  ipv6: [
    [
      '::',
      '::1',
      '2001:db8::ff00:42:8329',
      '::ffff:192.0.2.1',
      '1:2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7::',
      '::2:3:4:5:6:7:8',
    ],
    [':', '1::2::3', '1:2:3:4:5:6:7', '12345::', '::1.2.3.256', '1:2:3:4:5:6:7:8:9', '::1%eth0'],
    250,
  ],
  uri: [
    [
      'https://example.com/a?b=c#d',
      'http://localhost:8080/x',
      'mailto:a@b.c',
      'urn:isbn:0451450523',
      'file:///etc/hosts',
    ],
    [
      'example.com',
      '//example.com',
      'http://a b',
      'http://a/%2',
      '',
      'http:',
      '1a:b',
      'http://a/\\',
      'a:<b>',
    ],
    40,
  ],
  'uri-reference': [
    ['https://example.com/a?b=c#d', '/a/b', '../a', '?q=1', '#top', '', '//example.com/x'],
    ['a b', '\\\\share', '1:2', '%zz', '#a#b'],
    40,
  ],
  iri: [
    ['https://例え.jp/パス?質=問#片', 'http://localhost:8080/x'],
    ['例え.jp', 'http://a b', 'http://a/\ufffe'],
    40,
  ],
  'iri-reference': [['/ä/ö', '', 'https://ä.de/'], ['a b', '<'], 40],
  'uri-template': [
    ['http://example.com/{term:1}/{term}', '/a{?x,y*}', '', 'é'],
    ['{', '{a', 'a}', '{}', '{a:0}', 'a b', '%2'],
    40,
  ],
  url: [
    ['https://example.com/a?b=c#d', 'ftp://a-b.example.org', 'http://example.com:8080/'],
    ['mailto:a@b.c', 'https://example', 'http://', 'http://a.b/ c', 'http://10.0.0.1/'],
    30,
  ],
  uuid: [
    ['123e4567-e89b-12d3-a456-426614174000', 'F47AC10B-58CC-4372-A567-0E02B2C3D479'],
    [
      '123e4567e89b12d3a456426614174000',
      '123e4567-e89b-12d3-a456-42661417400',
      'g23e4567-e89b-12d3-a456-426614174000',
    ],
    37,
  ],
  'json-pointer': [['', '/', '/a/b~0c/~1', '/ä'], ['a', '/~', '/~2'], 4],
  'relative-json-pointer': [['0', '1/a', '10#', '0/'], ['', '01', '-1', '1#a', '/a'], 8],
  byte: [['', 'aGVsbG8=', 'aGVsbG8h', 'QQ=='], ['a', 'aGVsbG8', 'QQ=', 'QQ==QQ==', 'Q Q='], 10],
  base64: [['', 'aGVsbG8='], ['a'], 10],
  regex: [
    ['^[a-z]+(\\.[a-z0-9_\\-]+)*$', 'a|b', '\\d{3}-\\d{4}', '', '^(?:(ab?)+|c)$', '[^"]*'],
    ['(', '[', 'a**', '*', ')', 'a{2', '[z-a]', '\\'],
    150,
  ],
};

describe.each(Object.entries(formats))('%s', (name, [valid, invalid, statesMax]) => {
  const automaton = formatToAutomaton(name, limits) ?? { states: [] };

  test.each(valid)('accepts %j', (value) => {
    expect(acceptsText(automaton, value)).toBe(true);
  });

  test.each(invalid)('refuses %j', (value) => {
    expect(acceptsText(automaton, value)).toBe(false);
  });

  test('is small', () => {
    expect(automaton.states.length).toBeLessThanOrEqual(statesMax);
  });

  const accepts = toValidator(name);
  test('accepts nothing that the validator refuses', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(0xffffff)), (choices) => {
        const value = sampleText(automaton, choices);
        expect(acceptsText(automaton, value), value).toBe(true);
        expect(accepts(value), value).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test.each(Object.keys(assertedFormats).filter((name) => name !== 'regex'))(
  'what is unlike %s is none of it',
  (name) => {
    const like = fullPatternToAutomaton(toFormatLikePattern(name) ?? '', limits);
    for (const value of formats[name]?.[0] ?? []) expect(acceptsText(like, value), value).toBe(true);
    const exact = formatToAutomaton(name, limits) ?? { states: [] };
    expect(isEmptyAutomaton(subtractAutomata(exact, like, limits))).toBe(true);
    expect(acceptsText(like, ' ')).toBe(false);
    expect(isFormatAsserted(name)).toBe(true);
  },
);

test('what is no format of texts is an annotation', () => {
  for (const name of [
    'int32',
    'int64',
    'float',
    'double',
    'password',
    'binary',
    'color',
    '',
    'constructor',
  ]) {
    expect(formatToAutomaton(name, limits)).toBeUndefined();
  }
});

/** Those that ajv-formats does not know are checked through what they are defined by. */
function toValidator(name: string): (value: string) => boolean {
  if (name === 'base64') return toValidator('byte');
  if (name.startsWith('iri')) {
    const accepts = toValidator(name.replace('iri', 'uri'));
    return (value) => accepts(value.replace(/[\u0080-\u{10ffff}]/gu, encodeURIComponent));
  }
  const format = (fullFormats.fullFormats as Record<string, unknown>)[name];
  const check = format instanceof Object && 'validate' in format ? format.validate : format;
  if (check instanceof RegExp) return (value) => check.test(value);
  if (typeof check === 'function') return (value) => check(value) === true;
  throw new Error(`No validator for ${name}`);
}

/** Walks to acceptance at random; after 60 characters it takes the first way towards the end. */
function sampleText({ states }: Automaton, choices: Iterator<number>): string {
  const distances = toDistances(states);
  let text = '';
  let state = 0;
  for (let length = 0; ; length++) {
    const { isAccepting, transitions } = states[state]!;
    const draw = () => choices.next().value as number;
    if (isAccepting && (transitions.length === 0 || length > 60 || draw() % 6 === 0)) return text;
    const ways =
      length > 60 ? transitions.filter(({ target }) => distances[target]! < distances[state]!) : transitions;
    const { characters, target } = ways[draw() % ways.length]!;
    const range = 2 * (draw() % (characters.length / 2));
    const codePoint = characters[range]! + (draw() % (characters[range + 1]! - characters[range]! + 1));
    // Validators without the flag u see surrogates one by one; a text of JSON has none alone.
    if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
    text += String.fromCodePoint(codePoint);
    state = target;
  }
}

function toDistances(states: Automaton['states']): number[] {
  const distances = states.map(({ isAccepting }) => (isAccepting ? 0 : Number.POSITIVE_INFINITY));
  for (let changed = true; changed; ) {
    changed = false;
    states.forEach(({ transitions }, state) => {
      for (const { target } of transitions) {
        if (distances[target]! + 1 >= distances[state]!) continue;
        distances[state] = distances[target]! + 1;
        changed = true;
      }
    });
  }
  return distances;
}
