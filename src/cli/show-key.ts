import { type KeyRecord, keyStatus } from '../service/keys/api-key.ts';
import {
  toBudgetWords,
  toIsoTime,
  toLimitWords,
  toOptionalIsoTime,
  toPublicBudget,
  toRows,
} from './show-policy.ts';

/** What may be shown of a key: all but its hashes. */
export function toPublicKey(record: KeyRecord, nowMs: number) {
  const { hash: _secret, previousHash: _previousSecret, deletedAtMs: _deletion, ...shown } = record;
  const { createdAtMs, expiresAtMs, disabledAtMs, revokedAtMs, lastUsedAtMs, previousUntilMs, ...plain } =
    shown;
  return {
    ...plain,
    models: plain.models ?? null,
    budget: toPublicBudget(plain.budget),
    status: keyStatus(record, nowMs),
    createdAt: toIsoTime(createdAtMs),
    expiresAt: toOptionalIsoTime(expiresAtMs),
    disabledAt: toOptionalIsoTime(disabledAtMs),
    revokedAt: toOptionalIsoTime(revokedAtMs),
    lastUsedAt: toOptionalIsoTime(lastUsedAtMs),
    previousUntil: toOptionalIsoTime(previousUntilMs),
  };
}

/** A key in rows, for a person. */
export function describeKey(record: KeyRecord, nowMs: number): string {
  const { previousUntilMs = 0 } = record;
  const metadata = Object.entries(record.metadata).map(([key, value]) => `${key}=${value}`);
  return toRows([
    ['id', record.id],
    ['name', record.name],
    ['key', record.hint],
    ['status', keyStatus(record, nowMs)],
    ['scopes', record.scopes.join(', ')],
    ['project', record.projectId],
    ['models', record.models?.join(', ') ?? 'all'],
    ['limits', toLimitWords(record.limits)],
    ['budget', toBudgetWords(record.budget)],
    ['metadata', metadata.join(', ') || 'none'],
    ['created', toIsoTime(record.createdAtMs)],
    ['expires', toOptionalIsoTime(record.expiresAtMs) ?? 'never'],
    ['last used', toOptionalIsoTime(record.lastUsedAtMs) ?? 'never'],
    ...(previousUntilMs > nowMs ? ([['old key until', toIsoTime(previousUntilMs)]] as const) : []),
  ]);
}
