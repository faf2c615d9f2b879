import { modelsSchema } from './model-settings.ts';
import { integer, setting } from './setting.ts';

/** Prices, and what is kept of the usage of keys. */
export const spendingSettings = {
  models: setting(modelsSchema.default([]), {
    description: 'Prices of models, only in config.yaml; see the guide to keys and limits',
    range:
      'a list of {name, price: {input, cachedInput, output, currency}}, each model once, with amounts from 0 to 1,000,000 for a million tokens, and one currency such as USD for all',
  }),
  reservationSliceTokens: setting(integer(1, 1_000_000).default(1024), {
    flag: '--reservation-slice-tokens',
    environment: 'GRAVIX_RESERVATION_SLICE_TOKENS',
    description:
      'Tokens that limits and budgets reserve at a time for an answer if the request sets no token limit',
  }),
  usageRetentionDays: setting(integer(1, 36_500).default(90), {
    flag: '--usage-retention-days',
    environment: 'GRAVIX_USAGE_RETENTION_DAYS',
    description:
      'Days after which the row of a request in the ledger is deleted; the sums of each hour are kept for ever',
  }),
};
