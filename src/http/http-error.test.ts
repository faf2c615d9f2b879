import { describe, expect, test } from 'vitest';
import { BackendError } from '../backend/backend-error.ts';
import { placed } from '../backend/placed-text.ts';
import type { ToParam } from '../backend/request-place.ts';
import { createUnsupportedSchemaError, ServiceError } from '../service/service-error.ts';
import { paramCharactersMax, toHttpFailure } from './http-error.ts';

const place = { kind: 'reasoning-effort' } as const;
const idle = new BackendError(
  'unsupported_reasoning',
  placed`'${place}' is not supported: 'effort' is ${2}.`,
);

function toError(error: Error, toParam?: ToParam) {
  return toHttpFailure(error, toParam).body.error;
}

describe('a place', () => {
  test.each(['reasoning_effort', 'thinking.$&', '$1'])('has the name %s in param and message', (name) => {
    expect(toError(idle, () => name)).toMatchObject({
      param: name,
      message: `'${name}' is not supported: 'effort' is 2.`,
    });
  });

  test('without a name has a description in the message alone', () => {
    const message = "'reasoning effort' is not supported: 'effort' is 2.";
    expect(toError(idle)).toMatchObject({ param: null, message });
    expect(idle.message).toBe(message);
  });

  test('is that of the error, before that of its code', () => {
    const toParam: ToParam = ({ kind }) => kind;
    const refused = (where?: 'tools') =>
      new BackendError('unsupported_messages', 'No.', where && { place: { kind: where } });
    expect(toError(refused(), toParam)).toMatchObject({ param: 'prompt' });
    expect(toError(refused('tools'), toParam)).toMatchObject({ param: 'tools' });
    expect(toError(new ServiceError('pull_failed', 'No.'), toParam)).toMatchObject({ param: null });
  });

  test('whose name is long is cut, in the message too', () => {
    const long = createUnsupportedSchemaError('x'.repeat(1_000_000), 'No.');
    const toParam: ToParam = (named) => ('path' in named ? named.path : 'y'.repeat(1_000_000));
    expect(toError(long, toParam).param).toHaveLength(paramCharactersMax);
    expect(toError(idle, toParam).message.length).toBeLessThan(2 * paramCharactersMax);
  });
});
