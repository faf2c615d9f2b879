import type { FastifyReply, FastifyRequest } from 'fastify';
import { createChatCompletionId } from '../../protocol/openai/chat/chat-completion-envelope.ts';
import { parseChatCompletionRequest } from '../../protocol/openai/chat/parse-chat-completion-request.ts';
import { toChatParam } from '../../protocol/openai/chat/to-chat-param.ts';
import { toGenerationRequest } from '../../protocol/openai/chat/to-generation-request.ts';
import {
  parseDetokenizeRequest,
  parseTokenizeRequest,
} from '../../protocol/openai/tokenization/parse-tokenize-request.ts';
import { toDetokenizeParam, toTokenizeParam } from '../../protocol/openai/tokenization/to-tokenize-param.ts';
import { toInputTokens, toTokenizeAnswer } from '../../protocol/openai/tokenization/tokenization.ts';
import type { TokenService } from '../../service/tokens.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import { openUseCase } from '../open-use-case.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { noteModel } from '../request-state.ts';

/** POST /chat/completions/input_tokens: takes the body of a chat completion. */
export function createInputTokensHandler(frame: UseCaseFrame, tokens: TokenService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const parsed = parseChatCompletionRequest(readBody(request), { strict: isStrict(request) });
    const { model } = parsed.request;
    noteModel(request, model);
    request.state.toParam = (place) => toChatParam(place, parsed);
    const { requestedFormat, requestedTools, ignoredParameters } = parsed;
    const generation = toGenerationRequest(
      parsed.request,
      createChatCompletionId(),
      requestedFormat?.format,
      requestedTools?.toolUse,
    );
    const useCase = openUseCase(frame, request, reply, { endpoint: 'chat/completions/input_tokens', model });
    const count = await tokens.count(useCase, generation);
    return reply.headers(toIgnoredHeaders(ignoredParameters)).send(toInputTokens(count));
  };
}

/** POST /tokenize */
export function createTokenizeHandler(frame: UseCaseFrame, tokens: TokenService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const id = createChatCompletionId();
    const parsed = parseTokenizeRequest(readBody(request), id, { strict: isStrict(request) });
    noteModel(request, parsed.model);
    request.state.toParam = (place) => toTokenizeParam(place, parsed);
    const useCase = openUseCase(frame, request, reply, { endpoint: 'tokenize', model: parsed.model });
    const found = await tokens.tokenize(useCase, parsed.input);
    return reply
      .headers(toIgnoredHeaders(parsed.ignoredParameters))
      .send(toTokenizeAnswer(found, parsed.wantsTexts));
  };
}

/** POST /detokenize */
export function createDetokenizeHandler(frame: UseCaseFrame, tokens: TokenService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { fields, ignoredParameters } = parseDetokenizeRequest(readBody(request), {
      strict: isStrict(request),
    });
    noteModel(request, fields.model);
    request.state.toParam = toDetokenizeParam;
    const useCase = openUseCase(frame, request, reply, { endpoint: 'detokenize', model: fields.model });
    const text = await tokens.detokenize(useCase, fields.tokens);
    return reply.headers(toIgnoredHeaders(ignoredParameters)).send({ prompt: text, content: text });
  };
}
