import type { FastifyReply, FastifyRequest } from 'fastify';
import { findUnknownFields } from '../../protocol/openai/chat/find-ignored-parameters.ts';
import type { ResponseDeleted } from '../../protocol/openai/responses/response-object.ts';
import { readStoredItems, readStoredResponse } from '../../protocol/openai/responses/stored-response.ts';
import { RequestError } from '../../protocol/openai/shared/error.ts';
import { cutListPage } from '../../protocol/openai/shared/list-page.ts';
import { parseListQuery, type QueryFields } from '../../protocol/openai/shared/list-query.ts';
import { toStrictProblem } from '../../protocol/openai/shared/parse-fields.ts';
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
      const ignored = readRetrieval(request);
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

    /** There are no responses in the background: what is stored is finished. */
    cancel: async (request: FastifyRequest): Promise<never> => {
      await stored.get(toReference(request));
      const message =
        'Cannot cancel a synchronous response. To cancel one that is under way, close its connection.';
      throw new RequestError([{ code: 'invalid_value', param: 'response_id', message }]);
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

/** A stored response can't be streamed again; what else a query asks for changes nothing, and its names are given back. */
function readRetrieval(request: FastifyRequest): string[] {
  const query = request.query as QueryFields;
  const stream = query['stream'];
  if (stream !== undefined && stream !== 'false') {
    const message = "Unsupported parameter: 'stream' is not supported for a stored response. Leave it out.";
    throw new RequestError([{ code: 'unsupported_parameter', param: 'stream', message }]);
  }
  const ignored = findUnknownFields(query, (name) => name === 'stream');
  const [first, ...others] = ignored.map(toStrictProblem);
  if (isStrict(request) && first !== undefined) throw new RequestError([first, ...others]);
  return ignored;
}

function toReference(request: FastifyRequest): CompletionReference {
  const id = readUrlParam(request, 'response_id');
  return { id, kind: 'response', ownerId: toOwnerId(request), place: { kind: 'stored-answer' } };
}
