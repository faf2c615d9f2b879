import { expect, test } from 'vitest';
import { problemsMax, quotedCharactersMax, quoteInput, RequestError, toErrorBody } from './error.ts';

test('a body has exactly the four fields, null where there is nothing to say', () => {
  expect(toErrorBody({ message: 'No.', type: 'server_error', param: null, code: null })).toEqual({
    error: { message: 'No.', type: 'server_error', param: null, code: null },
  });
});

test('an error names its first problem as its own and ten in its message', () => {
  const problems = Array.from({ length: 30 }, (_, index) => ({
    code: 'invalid_value' as const,
    param: `p${index}`,
    message: `Problem ${index}.`,
  }));
  const error = new RequestError([{ code: 'invalid_type', param: 'first', message: 'First.' }, ...problems]);
  expect(error).toMatchObject({ code: 'invalid_type', param: 'first' });
  expect(error.message).toBe(
    `First. ${Array.from({ length: problemsMax - 1 }, (_, index) => `Problem ${index}.`).join(' ')} Only the first 10 problems are named.`,
  );
});

test('a quote is short and has no character that breaks a line or an encoding', () => {
  expect(quoteInput('hello')).toBe("'hello'");
  expect(quoteInput('a\r\nb\u0000\u2028\uD800')).toBe("'a\uFFFD\uFFFDb\uFFFD\uFFFD\uFFFD'");
  const long = quoteInput('😀'.repeat(1_000));
  expect(long).toHaveLength(quotedCharactersMax + 2);
  expect(long.endsWith("…'")).toBe(true);
});
