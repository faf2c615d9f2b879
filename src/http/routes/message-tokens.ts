import type { FastifyReply, FastifyRequest } from 'fastify';
import { toMessageTokens } from '../../protocol/anthropic/messages/message-object.ts';
import { parseMessageRequest } from '../../protocol/anthropic/messages/parse-message-request.ts';
import {
  createMessageId,
  toMessageGeneration,
} from '../../protocol/anthropic/messages/to-message-generation.ts';
import { toMessageParam } from '../../protocol/anthropic/messages/to-message-param.ts';
import type { TokenService } from '../../service/tokens.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import { openUseCase } from '../open-use-case.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { noteModel } from '../request-state.ts';

/** POST /messages/count_tokens: takes the body of a message and generates nothing. */
export function createMessageTokensHandler(frame: UseCaseFrame, tokens: TokenService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const parsed = parseMessageRequest(readBody(request), { strict: isStrict(request), isCount: true });
    const { model } = parsed.request;
    noteModel(request, model);
    request.state.toParam = (place) => toMessageParam(place, parsed);
    const generation = toMessageGeneration(parsed, createMessageId());
    const useCase = openUseCase(frame, request, reply, { endpoint: 'messages/count_tokens', model });
    const count = await tokens.countOrEstimate(useCase, generation);
    return reply
      .headers(toIgnoredHeaders(parsed.ignoredParameters))
      .headers(count.isEstimated ? { 'x-token-count': 'estimated' } : {})
      .send(toMessageTokens(count.tokens));
  };
}
