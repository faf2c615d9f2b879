import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeyScope } from '../../service/keys/api-key.ts';
import type { KeyService } from '../../service/keys/keys.ts';
import type { ModelService } from '../../service/models/models.ts';
import { type CallerLimits, toCaller } from '../../service/usage/caller.ts';
import { countHeader } from '../count-header.ts';
import { HttpError } from '../http-error.ts';

/** The same message for every kind of invalid key, so that it reveals nothing. */
const refusal =
  'Incorrect or missing API key. Send one of this server\'s keys in the header "Authorization: Bearer KEY" or "x-api-key: KEY".';

const bearer = /^Bearer +(\S+) *$/i;

export type AuthenticateHook = (request: FastifyRequest) => Promise<void>;

/** Lets a request pass that presents a valid key, before its body is read. */
export function createAuthenticateHook(
  keys: KeyService,
  models: Pick<ModelService, 'assertAllowed'>,
  limits: CallerLimits,
): AuthenticateHook {
  return async (request) => {
    const presented = readKey(request);
    const identity = presented === undefined ? undefined : await keys.verify(presented);
    if (identity === undefined) {
      throw new HttpError('invalid_api_key', refusal);
    }
    request.state.caller = toCaller(identity, limits);
    request.state.assertModel = (modelName) => models.assertAllowed(identity, modelName);
  };
}

/** OpenAI's clients send a bearer key, Anthropic's send `x-api-key` or both. Of two keys it is unclear whose request it is. */
function readKey(request: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  const named = typeof apiKey === 'string' ? apiKey.trim() : undefined;
  if (authorization === undefined) return named === '' ? undefined : named;
  const presented = bearer.exec(authorization)?.[1];
  const isClear = countHeader(request, 'authorization') === 1 && (named ?? presented) === presented;
  return isClear ? presented : undefined;
}

/** The permissions of each scope, and how to create a key with it. */
const scopeSentences = {
  inference: 'This key may not ask models. Use one with the scope inference: `gravix keys create`.',
  admin:
    'This key may not manage this server. Use its first key, or one with the scope admin: `gravix keys create --admin`.',
  metrics:
    'This key may not read measurements. Use one with the scope metrics: `gravix keys create --scope metrics`.',
} as const satisfies Record<KeyScope, string>;

/** Lets only a key with one of these scopes pass, after it was found valid. */
export function requireScope(scopes: readonly [KeyScope, ...KeyScope[]]) {
  return ({ state }: FastifyRequest, _reply: FastifyReply, done: () => void): void => {
    if (!scopes.some((scope) => state.caller?.scopes.includes(scope)))
      throw new HttpError('insufficient_permissions', scopeSentences[scopes[0]]);
    done();
  };
}
