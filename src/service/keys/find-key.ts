import type { StoredKey } from '../../store/stored-key.ts';
import { environmentKeyId } from './key-identity.ts';
import { KeyServiceError } from './key-service-error.ts';

/** By id, else by the name if exactly one key has it. */
export function findKey(keys: readonly StoredKey[], idOrName: string): StoredKey {
  const byId = keys.find(({ id }) => id === idOrName);
  if (byId !== undefined) return byId;
  const [candidate, ...others] = keys.filter(({ name }) => name === idOrName);
  if (candidate === undefined) return failUnknownKey(idOrName);
  if (others.length > 0) failAmbiguous([candidate, ...others], idOrName);
  return candidate;
}

/** The same among keys that are not revoked. */
export function findRevocableKey(keys: readonly StoredKey[], idOrName: string): StoredKey {
  const isMeant = ({ id, name }: StoredKey) => id === idOrName || name === idOrName;
  const meant = keys.filter((key) => isMeant(key) && key.revokedAtMs === undefined);
  const [revoked] = keys.filter((key) => isMeant(key) && key.revokedAtMs !== undefined);
  if (meant.length === 0 && revoked !== undefined) throw createRevokedError(revoked);
  return findKey(meant, idOrName);
}

export function createRevokedError({ id, name }: StoredKey): KeyServiceError {
  return new KeyServiceError('already_revoked', `The key ${id} ("${name}") was revoked before.`);
}

export function failUnknownKey(idOrName: string): never {
  if (idOrName === environmentKeyId) {
    throw new KeyServiceError(
      'environment_key',
      'The environment key is not in the store. Unset GRAVIXLAYER_API_KEY and start the server again to refuse it.',
    );
  }
  throw new KeyServiceError(
    'unknown_key',
    'No key has this id or name. `gravix keys list` shows the keys there are.',
  );
}

function failAmbiguous(keys: readonly StoredKey[], name: string): never {
  const ids = keys.map(({ id, hint }) => `${id} (${hint})`).join(', ');
  throw new KeyServiceError(
    'ambiguous_name',
    `${keys.length} keys are named "${name}". Name one by its id: ${ids}.`,
  );
}
