import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ResponseDeleted } from '../../protocol/openai/responses/response-object.ts';
import { readStoredItems, readStoredResponse } from '../../protocol/openai/responses/stored-response.ts';
import {
  createCancelRefusal,
  parseRetrievalQuery,
} from '../../protocol/openai/responses/stored-response-requests.ts';
import { cutListPage } from '../../protocol/openai/shared/list-page.ts';
import { parseListQuery, type QueryFields } from '../../protocol/openai/shared/list-query.ts';
import type { CompletionReference, StoredCompletionService } from '../../service/chat/stored-completions.ts';
import { createCompletionNotFoundError } from '../../service/service-error.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import { openUseCase } from '../open-use-case.ts';
import { isStrict, toIgnoredHeaders } from '../read-body.ts';
import { readUrlParam } from '../read-url-param.ts';
import { toOwnerId } from '../request-state.ts';

/** Reading and removing responses that were kept. */
export function createStoredResponseHandlers(frame: UseCaseFrame, stored: StoredCompletionService) {
  return {
    get: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const ignored = parseRetrievalQuery(request.query as QueryFields, { strict: isStrict(request) });
      const useCase = openUseCase(frame, request, reply, { endpoint: 'responses', model: undefined });
      const response = readStoredResponse(await stored.replay(useCase, toReference(request)));
      reply.headers(toIgnoredHeaders(ignored));
      return reply.send(response);
    },

    remove: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const reference = toReference(request);
      await stored.remove(reference);
      const answer: ResponseDeleted = { id: reference.id, object: 'response', deleted: true };
      return reply.send(answer);
    },

    cancel: async (request: FastifyRequest): Promise<never> => {
      await stored.get(toReference(request));
      throw createCancelRefusal();
    },

    listInputItems: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { ignoredParameters, ...query } = parseListQuery(request.query as QueryFields, {
        orderDefault: 'desc',
        hasFilters: false,
        strict: isStrict(request),
      });
      const page = cutListPage(readStoredItems(await stored.get(toReference(request))), query);
      if (page === undefined) throw createCompletionNotFoundError(query.after ?? '', { kind: 'list-start' });
      reply.headers(toIgnoredHeaders(ignoredParameters));
      return reply.send(page);
    },
  };
}

function toReference(request: FastifyRequest): CompletionReference {
  const id = readUrlParam(request, 'response_id');
  return { id, kind: 'response', ownerId: toOwnerId(request), place: { kind: 'stored-answer' } };
}
