import { z } from 'zod';
import { modelNameCharactersMax } from '../../openai/chat/chat-completion-request.ts';
import type { ModelEntry } from '../../openai/models/model.ts';
import { RequestError, toInvalidValue } from '../../openai/shared/error.ts';
import { toQueryNumber } from '../../openai/shared/list-query.ts';
import { throwProblems } from '../../openai/shared/parse-fields.ts';
import { toRequestProblems } from '../../openai/shared/to-request-problems.ts';

/** Models on one page. */
export const modelsLimitMax = 1000;

export const modelsLimitDefault = 20;

export const anthropicModelSchema = z
  .object({
    id: z.string(),
    type: z.literal('model'),
    display_name: z.string(),
    created_at: z.string().describe('A time in the form of RFC 3339.'),
    max_input_tokens: z.int().nullable().describe('The context that prompt and answer share.'),
    max_tokens: z.int().nullable(),
    capabilities: z.null(),
    lifecycle: z.literal('active'),
    deprecated_at: z.null(),
    retires_at: z.null(),
    line: z.null(),
  })
  .meta({ id: 'AnthropicModel' });

export const anthropicModelListSchema = z
  .object({
    data: z.array(anthropicModelSchema),
    first_id: z.string().nullable(),
    last_id: z.string().nullable().describe('Send it as `after_id` to get the next page.'),
    has_more: z.boolean(),
  })
  .meta({ id: 'AnthropicModelList' });

export type AnthropicModel = z.infer<typeof anthropicModelSchema>;
export type AnthropicModelList = z.infer<typeof anthropicModelListSchema>;

const cursorSchema = z.string().min(1).max(modelNameCharactersMax).optional();

const querySchema = z.object({
  after_id: cursorSchema,
  before_id: cursorSchema,
  limit: z.int().min(1).max(modelsLimitMax).default(modelsLimitDefault),
});

export type AnthropicModelsQuery = z.infer<typeof querySchema>;

/** @throws {RequestError} for a value that is out of its range. */
export function parseAnthropicModelsQuery(fields: Readonly<Record<string, unknown>>): AnthropicModelsQuery {
  const input = { ...fields, limit: toQueryNumber(fields['limit']) };
  const { data, error } = querySchema.safeParse(input);
  if (data !== undefined) return data;
  throwProblems(toRequestProblems(error.issues, { schema: querySchema, input, at: '' }));
  throw error;
}

export function toAnthropicModel({ name, createdAtSeconds, facts }: ModelEntry): AnthropicModel {
  const contextLength = facts.contextLength ?? null;
  return {
    id: name,
    type: 'model',
    display_name: name,
    created_at: new Date(createdAtSeconds * 1000).toISOString(),
    max_input_tokens: contextLength,
    max_tokens: contextLength,
    capabilities: null,
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    line: null,
  };
}

/** A page of the models that chat: clients of this API take any of the list for a conversation. */
export function toAnthropicModelList(
  entries: readonly ModelEntry[],
  { after_id: afterId, before_id: beforeId, limit }: AnthropicModelsQuery,
): AnthropicModelList {
  const models = entries.filter(({ facts }) => facts.capabilities.chat).map(toAnthropicModel);
  const after = afterId === undefined ? 0 : findPlace(models, afterId, 'after_id') + 1;
  const before = beforeId === undefined ? models.length : findPlace(models, beforeId, 'before_id');
  const range = models.slice(after, before);
  // A page before a model is the one next to it.
  const isBackward = beforeId !== undefined && afterId === undefined;
  const data = isBackward ? range.slice(-limit) : range.slice(0, limit);
  return {
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: data.length < range.length,
  };
}

function findPlace(models: readonly AnthropicModel[], id: string, param: string): number {
  const place = models.findIndex((model) => model.id === id);
  if (place >= 0) return place;
  throw new RequestError([toInvalidValue(param, 'the list has no such model.')]);
}
