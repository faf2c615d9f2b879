import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type ChatCompletionDeleted,
  readStoredChatCompletion,
  readStoredChatMessages,
} from '../../protocol/openai/chat/stored-chat-completion.ts';
import { parseMetadataUpdate } from '../../protocol/openai/chat/update-metadata-request.ts';
import { cutListPage, toListPage } from '../../protocol/openai/shared/list-page.ts';
import { parseListQuery, type QueryFields } from '../../protocol/openai/shared/list-query.ts';
import type { CompletionReference, StoredCompletionService } from '../../service/chat/stored-completions.ts';
import { createCompletionNotFoundError } from '../../service/service-error.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import { openUseCase } from '../open-use-case.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { readUrlParam } from '../read-url-param.ts';
import { toOwnerId } from '../request-state.ts';

/** Reading, listing, changing and removing what `store: true` has kept. */
export function createStoredChatCompletionHandlers(frame: UseCaseFrame, stored: StoredCompletionService) {
  return {
    list: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { ignoredParameters, ...query } = parseListQuery(request.query as QueryFields, {
        orderDefault: 'asc',
        hasFilters: true,
        strict: isStrict(request),
      });
      const collection = { ownerId: toOwnerId(request), kind: 'chat-completion' } as const;
      const { completions, hasMore } = await stored.list({ ...collection, ...query });
      reply.headers(toIgnoredHeaders(ignoredParameters));
      return reply.send(toListPage(completions.map(readStoredChatCompletion), hasMore));
    },

    get: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const useCase = openUseCase(frame, request, reply, { endpoint: 'chat/completions', model: undefined });
      return reply.send(readStoredChatCompletion(await stored.replay(useCase, toReference(request))));
    },

    update: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { metadata, ignoredParameters } = parseMetadataUpdate(readBody(request), {
        strict: isStrict(request),
      });
      const changed = await stored.setMetadata(toReference(request), metadata);
      reply.headers(toIgnoredHeaders(ignoredParameters));
      return reply.send(readStoredChatCompletion(changed));
    },

    remove: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const reference = toReference(request);
      await stored.remove(reference);
      const answer: ChatCompletionDeleted = {
        id: reference.id,
        object: 'chat.completion.deleted',
        deleted: true,
      };
      return reply.send(answer);
    },

    listMessages: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { ignoredParameters, ...query } = parseListQuery(request.query as QueryFields, {
        orderDefault: 'asc',
        hasFilters: false,
        strict: isStrict(request),
      });
      const page = cutListPage(readStoredChatMessages(await stored.get(toReference(request))), query);
      if (page === undefined) throw createCompletionNotFoundError(query.after ?? '', { kind: 'list-start' });
      reply.headers(toIgnoredHeaders(ignoredParameters));
      return reply.send(page);
    },
  };
}

function toReference(request: FastifyRequest): CompletionReference {
  const id = readUrlParam(request, 'completion_id');
  return { id, kind: 'chat-completion', ownerId: toOwnerId(request), place: { kind: 'stored-answer' } };
}
