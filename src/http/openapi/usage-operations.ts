import { csvRowsMax, requestLogFilters } from '../../protocol/openai/admin/request-log-query.ts';
import { usageForms } from '../../protocol/openai/organization/usage-forms.ts';
import { listLimitDefault, listLimitMax } from '../../protocol/openai/shared/list-query.ts';
import { toPlainSamples } from './code-samples.ts';
import { adminNote } from './common-parameters.ts';
import { type Operation, toJsonAnswer } from './operation.ts';
import { timeSchema, toFilterParameter, toUsageParameters } from './usage-parameters.ts';

const tag = 'Usage';
const openAiNote = `In the form of OpenAI's administration API. ${adminNote}`;

const refusals = ['invalid_api_key', 'store_unavailable'] as const;
const ofReports = [...refusals, 'report_refused'] as const;
const ofAdminReports = [...ofReports, 'insufficient_permissions'] as const;

/** A day from which the samples of OpenAI's reports begin: they need one. */
const sampleStart = 'start_time=1764547200';

export const getOwnKeyOperation: Operation = {
  id: 'getOwnKey',
  tag,
  summary: 'Get the limits of this key',
  description:
    'The models, limits and budgets of the key that asks, with what is used and what remains. Of the limits of the key and its project the answer has the one with the least that remains. Any valid key may ask.',
  answers: { 200: toJsonAnswer('The key.', 'OwnKey') },
  errors: refusals,
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/key'),
};

export const getOwnUsageOperation: Operation = {
  id: 'getOwnUsage',
  tag,
  summary: 'Get the usage of this key',
  description:
    'Requests, outcomes, tokens, cost and times of the key that asks, and of no other one. Any valid key may ask.',
  parameters: toUsageParameters(usageForms.own),
  answers: { 200: toJsonAnswer('A page of time buckets.', 'UsagePage') },
  errors: ofReports,
  hasRequestErrors: true,
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/usage?bucket_width=1d&group_by=model'),
};

export const getUsageOperation: Operation = {
  id: 'getUsage',
  tag,
  summary: 'Get the usage of all keys',
  description: `Requests, outcomes, refusals, tokens, cost and times. ${adminNote}`,
  parameters: toUsageParameters(usageForms.admin),
  answers: { 200: toJsonAnswer('A page of time buckets.', 'UsagePage') },
  errors: ofAdminReports,
  hasRequestErrors: true,
  toSamples: (surroundings) =>
    toPlainSamples(surroundings, 'GET', '/admin/usage?bucket_width=1d&group_by=api_key_id'),
};

export const listRequestsOperation: Operation = {
  id: 'listRequests',
  tag,
  summary: 'List the requests',
  description: `The ledger as a log: each request that reached a model, by the time at which it ended. It has no content. Rows are kept for \`usageRetentionDays\`. A client that accepts \`text/csv\` gets a table. ${adminNote}`,
  parameters: [
    {
      name: 'start_time',
      in: 'query',
      description: 'Unix time in seconds: only requests that ended then or later.',
      schema: timeSchema,
    },
    {
      name: 'end_time',
      in: 'query',
      description: 'Unix time in seconds: only requests that ended before.',
      schema: timeSchema,
    },
    {
      name: 'after',
      in: 'query',
      description: 'Start after the row with this id: `last_id` of the page before, or `x-next-after`.',
      schema: { type: 'string', pattern: '^row_[0-9]{1,15}_[0-9]{1,15}$' },
    },
    {
      name: 'order',
      in: 'query',
      description: '`asc`: oldest first. `desc`: newest first.',
      schema: { enum: ['asc', 'desc'], default: 'desc' },
    },
    {
      name: 'limit',
      in: 'query',
      description: `Rows: of JSON 1 to ${listLimitMax}, ${listLimitDefault} by default; of CSV 1 to ${csvRowsMax}, which is the default.`,
      schema: { type: 'integer', minimum: 1, maximum: csvRowsMax },
    },
    {
      name: 'format',
      in: 'query',
      description: 'In place of the header `Accept`.',
      schema: { enum: ['json', 'csv'] },
    },
    ...requestLogFilters.map(toFilterParameter),
  ],
  answers: {
    200: {
      description: 'A page of them.',
      headers: ['x-next-after'],
      content: {
        'application/json': { $ref: '#/components/schemas/RequestLog' },
        'text/csv': { type: 'string' },
      },
    },
  },
  errors: [...refusals, 'insufficient_permissions'],
  hasRequestErrors: true,
  toSamples: (surroundings) =>
    toPlainSamples(surroundings, 'GET', '/admin/requests?outcomes=failed&outcomes=timed_out&limit=50'),
};

export const getCompletionsUsageOperation: Operation = {
  id: 'getOrganizationCompletionsUsage',
  tag: "OpenAI's administration",
  summary: "Get the usage of generated text in OpenAI's form",
  description: `Chat completions, completions and responses. ${openAiNote}`,
  parameters: toUsageParameters(usageForms.completions),
  answers: { 200: toJsonAnswer('A page of time buckets.', 'CompletionsUsagePage') },
  errors: ofAdminReports,
  hasRequestErrors: true,
  toSamples: (surroundings) =>
    toPlainSamples(surroundings, 'GET', `/organization/usage/completions?${sampleStart}&group_by=model`),
};

export const getEmbeddingsUsageOperation: Operation = {
  id: 'getOrganizationEmbeddingsUsage',
  tag: "OpenAI's administration",
  summary: "Get the usage of embeddings in OpenAI's form",
  description: openAiNote,
  parameters: toUsageParameters(usageForms.embeddings),
  answers: { 200: toJsonAnswer('A page of time buckets.', 'EmbeddingsUsagePage') },
  errors: ofAdminReports,
  hasRequestErrors: true,
  toSamples: (surroundings) =>
    toPlainSamples(surroundings, 'GET', `/organization/usage/embeddings?${sampleStart}&group_by=model`),
};

export const getCostsOperation: Operation = {
  id: 'getOrganizationCosts',
  tag: "OpenAI's administration",
  summary: "Get the costs in OpenAI's form",
  description: `By the prices in \`config.yaml\`; a model without one costs nothing. ${openAiNote}`,
  parameters: toUsageParameters(usageForms.costs),
  answers: { 200: toJsonAnswer('A page of time buckets.', 'CostsPage') },
  errors: ofAdminReports,
  hasRequestErrors: true,
  toSamples: (surroundings) =>
    toPlainSamples(surroundings, 'GET', `/organization/costs?${sampleStart}&group_by=line_item`),
};
