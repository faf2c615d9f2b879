// What each report of usage accepts in its query. The reference describes the same.
import { costBucketLimits, type UsageQueryForm, usageBucketLimits } from './usage-query.ts';

const idFilters = ['project_ids', 'api_key_ids'];

export const usageForms = {
  admin: {
    widths: usageBucketLimits,
    groupWords: ['project_id', 'api_key_id', 'model', 'endpoint', 'deployment', 'outcome'],
    filters: [...idFilters, 'models', 'endpoints', 'deployments', 'outcomes'],
    isStartRequired: false,
  },
  own: {
    widths: usageBucketLimits,
    groupWords: ['model', 'endpoint', 'outcome'],
    filters: ['models', 'endpoints', 'outcomes'],
    isStartRequired: false,
  },
  completions: {
    widths: usageBucketLimits,
    groupWords: ['project_id', 'user_id', 'api_key_id', 'model', 'batch', 'service_tier'],
    filters: [...idFilters, 'models', 'user_ids'],
    isStartRequired: true,
    hasBatch: true,
  },
  embeddings: {
    widths: usageBucketLimits,
    groupWords: ['project_id', 'user_id', 'api_key_id', 'model'],
    filters: [...idFilters, 'models', 'user_ids'],
    isStartRequired: true,
  },
  costs: {
    widths: costBucketLimits,
    groupWords: ['project_id', 'line_item', 'api_key_id'],
    filters: idFilters,
    isStartRequired: true,
  },
} as const satisfies Record<string, UsageQueryForm>;
