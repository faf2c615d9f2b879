import { idempotencyKeyCharactersMax } from '../../protocol/openai/shared/idempotency-key.ts';
import type { Operation, OperationParameter } from './operation.ts';

const parameter: OperationParameter = {
  name: 'idempotency-key',
  in: 'header',
  description:
    'Repeating a request with the same key returns the first answer, also as a stream, for 24 hours by default. Another request with the key is refused with 409 `idempotency_key_reused`.',
  schema: { type: 'string', minLength: 1, maxLength: idempotencyKeyCharactersMax, pattern: '^[!-~]+$' },
};

/** The operation of an endpoint whose requests may carry an idempotency key. */
export function withIdempotencyKey(operation: Operation): Operation {
  const { parameters = [], answers, errors } = operation;
  return {
    ...operation,
    parameters: [...parameters, parameter],
    answers: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => {
        const headers = [...(answer.headers ?? []), 'idempotent-replayed', 'x-idempotency-kept'];
        return [status, { ...answer, headers }];
      }),
    ),
    errors: [...errors, 'idempotency_key_reused', 'idempotency_key_in_use'],
  };
}
