// The ledger as a log of requests. It has no content: what was asked and answered is not in the ledger.
import { z } from 'zod';
import { toCsv } from '../../to-csv.ts';
import { outcomeWords } from '../organization/query-fields.ts';
import { toListPageSchema } from '../shared/list-page.ts';
import { toOutcomeWord } from './outcome-words.ts';
import { nanoPerUnit } from './policy-conversions.ts';
import { toSeconds } from './wire-key.ts';

const count = z.int().min(0);
const timeMs = z.int().min(0).nullable();

const countsSchema = z.object({
  input_tokens: count,
  input_cached_tokens: count,
  output_tokens: count,
  reasoning_tokens: count,
});

const loggedRequestSchema = z
  .object({
    id: z
      .string()
      .describe('Of the row. `request_id` may come from a client, and then several rows have it.'),
    object: z.literal('request'),
    request_id: z.string(),
    created_at: z.int().describe('When it began, as Unix time in seconds.'),
    ended_at: z.int().describe('When it ended, as Unix time in seconds. The log has this order.'),
    api_key_id: z.string(),
    project_id: z.string(),
    endpoint: z.string().describe('Such as `chat/completions`.'),
    model: z.string(),
    deployment: z.string().nullable().describe('The one that answered. Null: none did.'),
    outcome: z
      .enum([...outcomeWords, 'unknown'])
      .describe('`interrupted`: the server ended before the request did.'),
    error_code: z.string().nullable(),
    finish_reason: z.string().nullable().describe('Of the first answer.'),
    stream: z.boolean(),
    replayed: z.boolean().describe('A stored answer was sent again: no tokens were made.'),
    estimated: z.boolean().describe('Some counts were not measured by the backend.'),
    answers: count.describe('That were asked for, such as `n`.'),
    attempts: count.describe('Generations that a backend accepted.'),
    usage: countsSchema.describe('Of all attempts.'),
    returned_usage: countsSchema.describe('Of the answers that the client got.'),
    cost: z
      .object({ value: z.number().min(0), currency: z.string() })
      .nullable()
      .describe('Null: the model has no price.'),
    duration_ms: count,
    time_to_first_token_ms: timeMs.describe('Null: there was no token.'),
    queue_ms: timeMs.describe('Null: no backend said it.'),
  })
  .meta({ id: 'LoggedRequest' });

export const requestLogSchema = toListPageSchema(loggedRequestSchema, 'RequestLog');

type LoggedRequest = z.infer<typeof loggedRequestSchema>;

interface ShownCounts {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
}

export interface ShownRow {
  readonly requestId: string;
  readonly keyId: string;
  readonly projectId: string;
  readonly endpoint: string;
  readonly model: string;
  readonly deployment: string | undefined;
  readonly outcome: string;
  readonly errorCode: string | undefined;
  readonly finishReason: string | undefined;
  readonly isStreamed: boolean;
  readonly isReplay: boolean;
  readonly isEstimated: boolean;
  readonly answers: number;
  readonly attempts: number;
  readonly total: ShownCounts;
  readonly returned: ShownCounts;
  readonly costNano: number | undefined;
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  readonly totalMs: number;
  readonly firstTokenMs: number | undefined;
  readonly queueMs: number | undefined;
}

/** The place of a row among the others. */
export interface RowPosition {
  readonly endedAtMs: number;
  readonly id: number;
}

export function toRowId({ endedAtMs, id }: RowPosition): string {
  return `row_${endedAtMs}_${id}`;
}

/** @param currency of the prices, in capitals */
export function toLoggedRequest(row: ShownRow, position: RowPosition, currency: string): LoggedRequest {
  return {
    id: toRowId(position),
    object: 'request',
    request_id: row.requestId,
    created_at: toSeconds(row.beganAtMs),
    ended_at: toSeconds(row.endedAtMs),
    api_key_id: row.keyId,
    project_id: row.projectId,
    endpoint: row.endpoint,
    model: row.model,
    deployment: row.deployment ?? null,
    outcome: toOutcomeWord(row.outcome, outcomeWords),
    error_code: row.errorCode ?? null,
    finish_reason: row.finishReason ?? null,
    stream: row.isStreamed,
    replayed: row.isReplay,
    estimated: row.isEstimated,
    answers: row.answers,
    attempts: row.attempts,
    usage: toCounts(row.total),
    returned_usage: toCounts(row.returned),
    cost: row.costNano === undefined ? null : { value: row.costNano / nanoPerUnit, currency },
    duration_ms: row.totalMs,
    time_to_first_token_ms: row.firstTokenMs ?? null,
    queue_ms: row.queueMs ?? null,
  };
}

function toCounts(counts: ShownCounts): LoggedRequest['usage'] {
  return {
    input_tokens: counts.promptTokens,
    input_cached_tokens: counts.cachedTokens,
    output_tokens: counts.completionTokens,
    reasoning_tokens: counts.reasoningTokens,
  };
}

/** The same as a table, with a header. Times are those of ISO 8601, to the millisecond, in UTC. */
export function toRequestLogCsv(rows: readonly { row: ShownRow; logged: LoggedRequest }[]): string {
  const lines = rows.map(({ row, logged }) => toLine(row, logged));
  return toCsv([csvNames, ...lines.map((line) => csvNames.map((name) => line[name]))]);
}

function toLine(row: ShownRow, { usage, returned_usage: returned, cost, object, ...plain }: LoggedRequest) {
  return {
    ...plain,
    created_at: new Date(row.beganAtMs).toISOString(),
    ended_at: new Date(row.endedAtMs).toISOString(),
    ...usage,
    returned_input_tokens: returned.input_tokens,
    returned_output_tokens: returned.output_tokens,
    cost: cost?.value,
    currency: cost?.currency,
  };
}

const csvNames = [
  ...(['id', 'request_id', 'created_at', 'ended_at', 'api_key_id', 'project_id', 'endpoint'] as const),
  ...(['model', 'deployment', 'outcome', 'error_code', 'finish_reason', 'stream', 'replayed'] as const),
  ...(['estimated', 'answers', 'attempts', 'input_tokens', 'input_cached_tokens'] as const),
  ...(['output_tokens', 'reasoning_tokens', 'returned_input_tokens', 'returned_output_tokens'] as const),
  ...(['cost', 'currency', 'duration_ms', 'time_to_first_token_ms', 'queue_ms'] as const),
] as const satisfies readonly (keyof ReturnType<typeof toLine>)[];
