import type { FastifyReply, FastifyRequest } from 'fastify';
import { toLoggedRequest, toRequestLogCsv, toRowId } from '../../protocol/openai/admin/request-log.ts';
import { parseRequestLogQuery } from '../../protocol/openai/admin/request-log-query.ts';
import { toListPage } from '../../protocol/openai/shared/list-page.ts';
import type { QueryFields } from '../../protocol/openai/shared/list-query.ts';
import type { UsageReports } from '../../service/usage/usage-reports.ts';
import type { Handler } from '../route.ts';

export interface RequestLogOptions {
  readonly reports: Pick<UsageReports, 'listRows'>;
  /** Of the prices, in capitals. */
  readonly currency: () => string;
}

/** GET /admin/requests: as JSON, or as CSV for a client that accepts it. */
export function createRequestLogHandler({ reports, currency }: RequestLogOptions): Handler {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const query = parseRequestLogQuery(request.query as QueryFields, acceptsCsv(request) ? 'csv' : 'json');
    const { startSeconds = 0, endSeconds, ...page } = query;
    const toMs = endSeconds === undefined ? Number.MAX_SAFE_INTEGER : endSeconds * 1000;
    const { rows, next } = await reports.listRows({ ...page, fromMs: startSeconds * 1000, toMs });
    const logged = rows.map(({ row, position }) => ({
      row,
      logged: toLoggedRequest(row, position, currency()),
    }));
    if (query.format === 'json') {
      return reply.send(
        toListPage(
          logged.map((each) => each.logged),
          next !== undefined,
        ),
      );
    }
    if (next !== undefined) reply.header('x-next-after', toRowId(next));
    reply.header('content-disposition', 'attachment; filename="requests.csv"');
    return reply.type('text/csv; charset=utf-8').send(toRequestLogCsv(logged));
  };
}

/** Whether JSON is not named: a browser accepts everything. */
function acceptsCsv({ headers }: FastifyRequest): boolean {
  const types = (headers.accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  return types.includes('text/csv') && !types.includes('application/json');
}
