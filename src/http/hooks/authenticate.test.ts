import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, test, vi } from 'vitest';
import type { KeyScope } from '../../service/keys/api-key.ts';
import { environmentIdentity } from '../../service/keys/key-identity.ts';
import { toCaller } from '../../service/usage/caller.ts';
import { requireScope } from './authenticate.ts';

function toRequest(scopes: readonly KeyScope[]): FastifyRequest {
  const caller = toCaller({ ...environmentIdentity, scopes }, { requestMsMax: 1 });
  return { state: { caller } } as unknown as FastifyRequest;
}

const reply = {} as FastifyReply;

test.each<[readonly KeyScope[], readonly [KeyScope, ...KeyScope[]]]>([
  [['admin'], ['admin']],
  [['inference', 'metrics'], ['metrics']],
  [['admin'], ['inference', 'admin']],
])('a key with %j passes where one of %j is asked for', (scopes, asked) => {
  const done = vi.fn();
  requireScope(asked)(toRequest(scopes), reply, done);
  expect(done).toHaveBeenCalledExactlyOnceWith();
});

test.each<[readonly KeyScope[], readonly [KeyScope, ...KeyScope[]]]>([
  [['inference', 'metrics'], ['admin']],
  [['admin', 'metrics'], ['inference']],
  [['inference', 'admin'], ['metrics']],
  [['metrics'], ['inference', 'admin']],
])('a key with %j does not pass where one of %j is asked for', (scopes, asked) => {
  const done = vi.fn();
  expect(() => requireScope(asked)(toRequest(scopes), reply, done)).toThrow(
    expect.objectContaining({
      code: 'insufficient_permissions',
      message: expect.stringContaining(`scope ${asked[0]}`),
    }),
  );
  expect(done).not.toHaveBeenCalled();
});
