import { expect, test } from 'vitest';
import { BackendError } from '../backend/backend-error.ts';
import { RenamedParamError, toHttpFailure } from './http-error.ts';

test('a parameter that has another name here has it in the message, too', () => {
  const cause = new BackendError(
    'unsupported_reasoning',
    "Unsupported parameter: 'reasoning_effort' is not so.",
  );
  const { body } = toHttpFailure(new RenamedParamError(cause, () => 'reasoning.effort'));
  expect(body.error).toMatchObject({
    message: "Unsupported parameter: 'reasoning.effort' is not so.",
    param: 'reasoning.effort',
  });
});
