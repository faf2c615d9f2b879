import { expect, test } from 'vitest';
import { createInputReader } from './create-input-reader.ts';

const texts = [
  '',
  'plain',
  '"quoted" \\ and / more\n\t\r\b\f',
  '*** Begin Patch\n+a\n*** End Patch\n',
  'é 日本 😀😀',
  '\u0000\u001f',
  '{"input":"x"}',
];

function read(pieces: readonly string[]): string {
  const reader = createInputReader();
  return pieces.map((piece) => reader.add(piece)).join('') + reader.end();
}

function toAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

test.each(texts)('the text %j is read however its JSON is cut', (input) => {
  for (const json of [
    JSON.stringify({ input }),
    toAscii(JSON.stringify({ input })),
    ` { "input" :\n${JSON.stringify(input)} } `,
  ]) {
    expect(read([json])).toBe(input);
    expect(read([...json].flatMap((character) => character.split('')))).toBe(input);
    for (let at = 0; at <= json.length; at += 1)
      expect(read([json.slice(0, at), json.slice(at)])).toBe(input);
  }
});

test('text goes on as soon as it is whole', () => {
  const reader = createInputReader();
  expect(['{"input":"He', 'llo\\', 'n\\ud83d', '\\ude00!', '"}'].map((piece) => reader.add(piece))).toEqual([
    'He',
    'llo',
    '\n',
    '😀!',
    '',
  ]);
});

test('arguments of another form are the input: a string under the name, or their text', () => {
  expect(read(['{"a":1,', '"input":"b"}'])).toBe('b');
  expect(read(['{"text":', '"b"}'])).toBe('{"text":"b"}');
  expect(read(['{"input":7}'])).toBe('{"input":7}');
  expect(read(['{}'])).toBe('{}');
});

test('of a call that was cut off, the input so far', () => {
  expect(read(['{"input":"a\\nb\\'])).toBe('a\nb');
  expect(read(['{"input":"a\nb'])).toBe('a\nb');
});
