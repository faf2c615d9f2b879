import type { FastifyReply, FastifyRequest } from 'fastify';
import { BackendError } from '../../backend/backend-error.ts';
import { parseDrillRequest, toDrill, toUpstreamList } from '../../protocol/openai/admin/upstreams.ts';
import { RequestError } from '../../protocol/openai/shared/error.ts';
import { DrillRefusal, type UpstreamOverview } from '../../service/upstream-overview.ts';
import { readBody } from '../read-body.ts';

const retryAfterMs = 10_000;

/** Upstreams as an operator sees them, and their drill. */
export function createAdminUpstreamHandlers(upstreams: UpstreamOverview) {
  return {
    /** GET /admin/upstreams */
    list: async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const listed = upstreams.list();
      return reply.send(toUpstreamList(listed.upstreams, listed.places));
    },

    /** POST /admin/upstreams/drill */
    drill: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { deployment, model } = parseDrillRequest(readBody(request));
      try {
        return reply.send(toDrill(await upstreams.drill(deployment, model)));
      } catch (error) {
        throw toFailure(error);
      }
    },
  };
}

function toFailure(error: unknown): unknown {
  if (!(error instanceof DrillRefusal)) return error;
  const { kind, message } = error;
  return kind === 'busy'
    ? new BackendError('overloaded', message, { retryAfterMs })
    : new RequestError([{ code: 'invalid_value', param: 'deployment', message }]);
}
