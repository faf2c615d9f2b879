import { expect, test } from 'vitest';
import { assertPrintedForm } from './assert-printed-form.ts';

const printed = { id: 'chatcmpl-1', choices: [{ index: 0, logprobs: null }], usage: { total: 21 } };

test('more fields, other values and an object for null are fine', () => {
  assertPrintedForm(
    { id: '', choices: [{ index: 7, logprobs: { content: [] }, more: 1 }, {}], usage: { total: 0 } },
    printed,
  );
});

test.each([
  [{ ...printed, id: 7 }, 'answer.id is number, printed as string'],
  [{ ...printed, choices: {} }, 'answer.choices is object, printed as array'],
  [{ ...printed, choices: [] }, 'answer.choices.0 is missing'],
  [{ ...printed, choices: [{ index: 0 }] }, 'answer.choices.0.logprobs is missing'],
  [
    { ...printed, choices: [{ index: 0, logprobs: '' }] },
    'answer.choices.0.logprobs is string, printed as null',
  ],
  [{ ...printed, usage: null }, 'answer.usage is null, printed as object'],
  [undefined, 'answer is undefined, printed as object'],
])('%j is not', (answer, difference) => {
  expect(() => assertPrintedForm(answer, printed)).toThrow(difference);
});
