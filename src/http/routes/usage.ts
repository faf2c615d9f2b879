import type { FastifyReply, FastifyRequest } from 'fastify';
import { toOutcomes } from '../../protocol/openai/admin/outcome-words.ts';
import { toUsageResult } from '../../protocol/openai/admin/usage.ts';
import { usageForms } from '../../protocol/openai/organization/usage-forms.ts';
import {
  toBucketPage,
  toCompletionsResult,
  toCostsResult,
  toEmbeddingsResult,
} from '../../protocol/openai/organization/usage-page.ts';
import {
  parseUsageQuery,
  type UsageQueryFields,
  type UsageQueryForm,
} from '../../protocol/openai/organization/usage-query.ts';
import { RequestError } from '../../protocol/openai/shared/error.ts';
import type { QueryFields } from '../../protocol/openai/shared/list-query.ts';
import {
  bucketWidthsMs,
  type GroupUsage,
  type UsageDimension,
  type UsageFilter,
  type UsageReport,
  type UsageReports,
} from '../../service/usage/usage-reports.ts';
import { toUsageTimes } from '../../service/usage/usage-times.ts';
import { toCallerOf } from '../request-state.ts';

export interface UsageHandlerOptions {
  readonly reports: UsageReports;
  /** Of the prices as they are now, in capitals. */
  readonly currency: () => string;
}

/** The endpoints of OpenAI's report on embeddings; its report on completions has all others. */
const embeddingEndpoints = ['embeddings'];
const completionEndpoints = ['chat/completions', 'completions', 'responses'];

type ToResult<Result> = (usage: GroupUsage, groupWords: readonly string[]) => Result;

/** OpenAI's reports do not have what was refused alone. */
function ofRequests<Result>(toResult: ToResult<Result>): ToResult<Result | undefined> {
  return (usage, groupWords) => (usage.totals.requests === 0 ? undefined : toResult(usage, groupWords));
}

/** Reports of usage: ours, and the same in OpenAI's shape. */
export function createUsageHandlers({ reports, currency }: UsageHandlerOptions) {
  const answer =
    (form: UsageQueryForm, toFilter: (request: FastifyRequest) => UsageFilter, toResult: ToResult<unknown>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const query = parseUsageQuery(request.query as QueryFields, form);
      const isDetailed = form === usageForms.admin || form === usageForms.own;
      const report = await readReport(reports, query, toFilter(request), isDetailed);
      return reply.send(toBucketPage(report, (usage) => toResult(usage, query.groupWords)));
    };
  const showUsage = (usage: GroupUsage) => toUsageResult({ ...usage, ...toUsageTimes(usage) }, currency());
  return {
    /** GET /admin/usage */
    showAll: answer(usageForms.admin, () => ({}), showUsage),
    /** GET /usage */
    showOwn: answer(usageForms.own, (request) => ({ keyId: [toCallerOf(request).id] }), showUsage),
    /** GET /organization/usage/completions */
    showCompletions: answer(
      usageForms.completions,
      () => ({ endpoint: completionEndpoints }),
      ofRequests(toCompletionsResult),
    ),
    /** GET /organization/usage/embeddings */
    showEmbeddings: answer(
      usageForms.embeddings,
      () => ({ endpoint: embeddingEndpoints }),
      ofRequests(toEmbeddingsResult),
    ),
    /** GET /organization/costs */
    showCosts: answer(
      usageForms.costs,
      () => ({}),
      ofRequests((usage) => toCostsResult(usage, currency())),
    ),
  };
}

const widths = { '1m': 'minute', '1h': 'hour', '1d': 'day' } as const;

const dimensions: ReadonlyMap<string, UsageDimension> = new Map([
  ['project_id', 'projectId'],
  ['api_key_id', 'keyId'],
  ['model', 'model'],
  ['line_item', 'model'],
  ['endpoint', 'endpoint'],
  ['deployment', 'deployment'],
  ['outcome', 'outcome'],
]);

async function readReport(
  reports: UsageReports,
  query: UsageQueryFields,
  ofRoute: UsageFilter,
  isDetailed: boolean,
): Promise<UsageReport> {
  const { filters, bucketsMax, groupWords } = query;
  const width = widths[query.width];
  const widthMs = bucketWidthsMs[width];
  const endMs = toMs(query.endSeconds) ?? Date.now();
  const lastBucketMs = Math.floor((endMs - 1) / widthMs) * widthMs;
  const startMs = toMs(query.startSeconds) ?? Math.max(0, lastBucketMs - (bucketsMax - 1) * widthMs);
  const fromMs = Math.max(startMs, toMs(query.pageSeconds) ?? 0);
  if (width === 'minute') assertMinutesKnown(fromMs, reports.rowsKeptFromMs());
  // There are no users and no batches: nothing is theirs.
  const isForNone = query.isBatchOnly || filters['user_ids'] !== undefined;
  return await reports.report({
    fromMs,
    toMs: endMs,
    width,
    bucketsMax,
    isDetailed,
    groupBy: groupWords.flatMap((word) => dimensions.get(word) ?? []),
    filter: {
      projectId: filters['project_ids'],
      keyId: filters['api_key_ids'],
      model: filters['models'],
      endpoint: filters['endpoints'],
      deployment: filters['deployments'],
      outcome: toOutcomes(filters['outcomes']),
      ...ofRoute,
      ...(isForNone ? { keyId: [] } : {}),
    },
  });
}

/** @throws {RequestError} */
function assertMinutesKnown(fromMs: number, knownFromMs: number): void {
  if (fromMs >= knownFromMs) return;
  const message = `Invalid 'start_time': single minutes are known from ${Math.ceil(knownFromMs / 1000)} on. Before that, ask for hours or days.`;
  throw new RequestError([{ code: 'invalid_value', param: 'start_time', message }]);
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
