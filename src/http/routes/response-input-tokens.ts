import type { FastifyReply, FastifyRequest } from 'fastify';
import { createResponseId } from '../../protocol/openai/responses/create-response-envelope.ts';
import { parseResponseRequest } from '../../protocol/openai/responses/parse-response-request.ts';
import { toResponseParam } from '../../protocol/openai/responses/to-response-param.ts';
import { toInputTokens } from '../../protocol/openai/tokenization/tokenization.ts';
import type { StoredCompletionService } from '../../service/chat/stored-completions.ts';
import type { TokenService } from '../../service/tokens.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import { noteRefusal, openUseCase } from '../open-use-case.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { noteModel, toOwnerId } from '../request-state.ts';
import { readConversation, toGeneration } from './response-conversation.ts';

/** POST /responses/input_tokens: takes the body of a response and neither generates nor stores it. */
export function createResponseInputTokensHandler(
  frame: UseCaseFrame,
  tokens: TokenService,
  stored: StoredCompletionService,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const parsed = parseResponseRequest(readBody(request), { strict: isStrict(request) });
    const { model } = parsed.request;
    noteModel(request, model);
    request.state.toParam = (place) => toResponseParam(place, parsed);
    const asked = { endpoint: 'responses/input_tokens', model } as const;
    const conversation = await readConversation(parsed, stored, toOwnerId(request)).catch(
      (error: unknown) => {
        noteRefusal(frame, request, reply, asked, error);
        throw error;
      },
    );
    const { generation, toParam } = toGeneration(parsed, conversation, createResponseId());
    request.state.toParam = toParam;
    const useCase = openUseCase(frame, request, reply, asked);
    const count = await tokens.count(useCase, generation);
    return reply.headers(toIgnoredHeaders(parsed.ignoredParameters)).send(toInputTokens(count));
  };
}
