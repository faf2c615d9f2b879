import { expect, test } from 'vitest';
import { checkParameter, readSamplingParameters } from './sampling-parameters.ts';

function read(properties: object) {
  return readSamplingParameters({ components: { schemas: { ChatCompletionRequest: { properties } } } });
}

const [temperature, penalty, seed, effort, stop] = read({
  temperature: { type: ['number', 'null'], minimum: 0, maximum: 2, default: 1, description: 'Heat.' },
  seed: { type: ['integer', 'null'], maximum: 9e15 },
  repetition_penalty: { type: ['number', 'null'], exclusiveMinimum: 0, maximum: 2 },
  reasoning_effort: { anyOf: [{ type: 'string', enum: ['low', 'high'] }, { type: 'null' }] },
  stop: { anyOf: [{ type: 'string' }, { type: 'array' }, { type: 'null' }] },
  unknown: { type: 'number' },
}).toSorted(
  (a, b) =>
    ['temperature', 'repetition_penalty', 'seed', 'reasoning_effort', 'stop'].indexOf(a.name) -
    ['temperature', 'repetition_penalty', 'seed', 'reasoning_effort', 'stop'].indexOf(b.name),
);

test('the schema gives kinds, ranges, defaults and help', () => {
  expect(temperature).toMatchObject({ kind: 'number', min: 0, max: 2, default: 1, description: 'Heat.' });
  expect(penalty).toMatchObject({ kind: 'number', min: 0, isMinExcluded: true });
  expect(seed).toMatchObject({ kind: 'integer', max: undefined });
  expect(effort).toMatchObject({ kind: 'choice', choices: ['low', 'high'] });
  expect(stop).toMatchObject({ kind: 'json' });
});

test('a parameter without effect, or unknown here, is left out', () => {
  expect(read({ seed: { type: 'integer', 'x-effect': 'none' }, other: { type: 'number' } })).toEqual([]);
  expect(readSamplingParameters('no document')).toEqual([]);
});

test.each([
  [temperature, 2.1, 'Must be 2 or less.'],
  [temperature, -1, 'Must be 0 or more.'],
  [temperature, Number.NaN, 'Expected a number.'],
  [temperature, undefined, undefined],
  [temperature, 0, undefined],
  [penalty, 0, 'Must be above 0.'],
  [seed, 1.5, 'Expected a whole number.'],
  [seed, -7, undefined],
])('%o with %s: %s', (parameter, value, expected) => {
  if (parameter === undefined) throw new Error('It was not read.');
  expect(checkParameter(parameter, value)).toBe(expected);
});
