import { expect, test } from 'vitest';
import { checkPartialJson } from './check-partial-json.ts';
import { readPartialJson } from './read-partial-json.ts';

const schema = JSON.stringify({
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 3 },
    age: { type: 'integer', minimum: 10 },
    tags: { type: 'array', items: { enum: ['red', 'green'] }, minItems: 2 },
  },
  required: ['name', 'age'],
});
const whole =
  '{"name": "Ada \\"L\\" \\u00e9", "tags": ["red", "green"], "age": 36, "more": {"a/b": [[1], {}]}}';

test('no beginning of a valid answer has a problem', () => {
  for (let end = 0; end < whole.length; end += 1) {
    expect([whole.slice(0, end), checkPartialJson(whole.slice(0, end), schema)]).toEqual([
      whole.slice(0, end),
      { problem: undefined, isComplete: false },
    ]);
  }
  expect(checkPartialJson(whole, schema)).toEqual({ problem: undefined, isComplete: true });
});

test.each([
  ['{"name": 7, "age', '/name'],
  ['{"tags": ["red", "blue", "g', '/tags/1'],
  ['{"age": 3, ', '/age'],
  ['{"name": "x", "t', '/name'],
])('%s is wrong before it ends', (text, place) => {
  expect(checkPartialJson(text, schema).problem).toContain(place);
});

test('what is missing counts at the end only', () => {
  expect(checkPartialJson('{"name": "Ada"', schema).problem).toBeUndefined();
  expect(checkPartialJson('{"name": "Ada"}', schema).problem).toContain('age');
});

test.each(['hello', '{]', '{"a" 1', '[1,,'])('%s begins no JSON', (text) => {
  expect(readPartialJson(text)).toBeUndefined();
});
