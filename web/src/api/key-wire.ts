// Keys, projects and the audit log, as the console reads them. Names are as on the wire.

export type KeyScope = 'inference' | 'admin' | 'metrics';

export const limitNames = [
  'requests_per_minute',
  'requests_per_day',
  'tokens_per_minute',
  'tokens_per_day',
  'concurrent_requests',
] as const;

export type LimitName = (typeof limitNames)[number];

export type BudgetPeriod = 'day' | 'week' | 'month' | 'total';

export interface BudgetOverride {
  readonly amount: number | null;
  readonly tokens: number | null;
  readonly until: number;
}

export interface Budget {
  readonly amount: number | null;
  readonly currency: string | null;
  readonly tokens: number | null;
  readonly period: BudgetPeriod;
  readonly time_zone: string;
  readonly override: BudgetOverride | null;
}

/** What keys and projects have in common. */
export interface Policy {
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly limits: Readonly<Record<LimitName, number | null>>;
  readonly budget: Budget | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export type Project = Policy;

export type KeyStatus = 'active' | 'disabled' | 'expired' | 'revoked';

export interface ApiKey extends Policy {
  readonly project: string;
  readonly scopes: readonly KeyScope[];
  readonly models: readonly string[] | null;
  readonly status: KeyStatus;
  readonly redacted_value: string;
  readonly expires_at: number | null;
  readonly disabled_at: number | null;
  readonly last_used_at: number | null;
  readonly previous_key_until: number | null;
}

/** The only answer that has the key itself. */
export interface CreatedKey extends ApiKey {
  readonly key: string;
}

export interface AuditEntry {
  readonly id: string;
  readonly created_at: number;
  readonly action: string;
  readonly actor: { readonly type: string; readonly id: string; readonly name: string };
  readonly target: { readonly id: string; readonly name: string };
  readonly changes: Readonly<Record<string, unknown>>;
}

export interface ListPage<Item> {
  readonly data: readonly Item[];
  readonly last_id: string | null;
  readonly has_more: boolean;
}
