import { z } from 'zod';
import { isWebhookSecret } from './is-webhook-secret.ts';
import { isWebhookUrl } from './is-webhook-url.ts';
import { duration, integer, minuteMs, setting } from './setting.ts';

/** What limits reserve, and what is kept of the usage of keys. */
export const spendingSettings = {
  reservationSliceTokens: setting(integer(1, 1_000_000).default(1024), {
    flag: '--reservation-slice-tokens',
    environment: 'GRAVIX_RESERVATION_SLICE_TOKENS',
    description:
      'Tokens that limits and budgets reserve at a time for an answer if the request sets no token limit',
  }),
  outageLimits: setting(z.enum(['local', 'refuse']).default('local'), {
    flag: '--outage-limits',
    environment: 'GRAVIX_OUTAGE_LIMITS',
    description:
      'Requests of keys with limits or budgets while the database does not answer: each server allows its share of the limits (local), or refuses them with 503 (refuse)',
  }),
  replicaCount: setting(integer(1, 1000).default(1), {
    flag: '--replica-count',
    environment: 'GRAVIX_REPLICA_COUNT',
    description:
      'Number of servers that share the Postgres database; while it does not answer, each allows this part of the limits',
  }),
  usageRetentionDays: setting(integer(1, 36_500).default(90), {
    flag: '--usage-retention-days',
    environment: 'GRAVIX_USAGE_RETENTION_DAYS',
    description:
      'Days after which the row of a request in the ledger is deleted; the sums of each hour are kept for ever',
  }),
  auditRetentionDays: setting(integer(1, 36_500).default(365), {
    flag: '--audit-retention-days',
    environment: 'GRAVIX_AUDIT_RETENTION_DAYS',
    description: 'Days after which an entry in the audit log of keys and projects is deleted',
  }),
  keysMax: setting(integer(1, 1_000_000).default(10_000), {
    flag: '--keys-max',
    environment: 'GRAVIX_KEYS_MAX',
    description: 'Maximum number of API keys, revoked ones included; deleted ones do not count',
  }),
  projectsMax: setting(integer(1, 100_000).default(1000), {
    flag: '--projects-max',
    environment: 'GRAVIX_PROJECTS_MAX',
    description: 'Maximum number of projects',
  }),
  budgetSoftLimitPercent: setting(integer(0, 100).default(80), {
    flag: '--budget-soft-limit-percent',
    environment: 'GRAVIX_BUDGET_SOFT_LIMIT_PERCENT',
    description:
      'Share of a budget, in percent, that is reported once per period in the log and by a webhook; 0 reports nothing',
  }),
  webhookUrl: setting(z.string().max(2048).refine(isWebhookUrl).optional(), {
    environment: 'GRAVIX_WEBHOOK_URL',
    description: 'URL that receives signed webhooks when a budget passes its soft limit; by default none',
    range: 'a URL that starts with http:// or https://, without a user name or password',
    isSecret: true,
  }),
  webhookSecret: setting(z.string().refine(isWebhookSecret).optional(), {
    environment: 'GRAVIX_WEBHOOK_SECRET',
    description: 'Secret that signs webhooks; the receiver needs it, too',
    range: 'whsec_ and 24 to 64 random bytes in base64; webhookUrl needs it',
    isSecret: true,
  }),
  webhookMsMax: setting(duration(100, minuteMs).default(15_000), {
    flag: '--webhook-ms-max',
    environment: 'GRAVIX_WEBHOOK_MS_MAX',
    description: 'Maximum time for one attempt to deliver a webhook',
  }),
  webhookAttemptsMax: setting(integer(1, 20).default(10), {
    flag: '--webhook-attempts-max',
    environment: 'GRAVIX_WEBHOOK_ATTEMPTS_MAX',
    description:
      'Maximum number of attempts to deliver a webhook; the pause between two grows from 5 seconds to 6 hours',
  }),
};
