import type { ApiKey, KeyScope } from '../api/key-wire.ts';
import { toLocalText, toUnixSeconds } from './local-time.ts';
import { type PolicyDraft, toPolicyBody, toPolicyDraft } from './policy-draft.ts';

export interface KeyDraft extends PolicyDraft {
  readonly project: string;
  readonly scopes: readonly KeyScope[];
  /** One a line. */
  readonly models: string;
  /** Empty: never. */
  readonly expiresAt: string;
}

export function toKeyDraft(key: ApiKey | undefined): KeyDraft {
  return {
    ...toPolicyDraft(key),
    project: key?.project ?? 'default',
    scopes: key?.scopes ?? ['inference'],
    models: key?.models?.join('\n') ?? '',
    expiresAt: key?.expires_at == null ? '' : toLocalText(key.expires_at),
  };
}

export function toKeyBody(draft: KeyDraft) {
  const models = draft.models
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return {
    ...toPolicyBody(draft),
    project: draft.project,
    scopes: draft.scopes,
    models: models.length === 0 ? null : models,
    expires_at: toUnixSeconds(draft.expiresAt),
  };
}
