import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ToParam } from '../../backend/request-place.ts';
import type { ChatCompletion } from '../../protocol/openai/chat/chat-completion.ts';
import { createChatCompletionId } from '../../protocol/openai/chat/chat-completion-envelope.ts';
import {
  toFunctionCallChunks,
  toFunctionCallCompletion,
} from '../../protocol/openai/chat/function-call-form.ts';
import { joinCallStarts } from '../../protocol/openai/chat/join-call-starts.ts';
import {
  type ParsedChatCompletionRequest,
  parseChatCompletionRequest,
} from '../../protocol/openai/chat/parse-chat-completion-request.ts';
import { toStoredChatTexts } from '../../protocol/openai/chat/stored-chat-completion.ts';
import { toChatCompletion } from '../../protocol/openai/chat/to-chat-completion.ts';
import { toChatCompletionChunks } from '../../protocol/openai/chat/to-chat-completion-chunks.ts';
import { toChatParam } from '../../protocol/openai/chat/to-chat-param.ts';
import { toGenerationRequest } from '../../protocol/openai/chat/to-generation-request.ts';
import { addObfuscation } from '../../protocol/openai/shared/add-obfuscation.ts';
import { toServedTier } from '../../protocol/openai/shared/client-fields.ts';
import { toMetadata } from '../../protocol/openai/shared/metadata.ts';
import { createStoreRefusal } from '../../protocol/openai/shared/store-refusal.ts';
import { tellsUsage } from '../../protocol/openai/shared/stream-fields.ts';
import type { ChatService } from '../../service/chat/chat.ts';
import type { StoredCompletion, StoredCompletionService } from '../../service/chat/stored-completions.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { keepChatCompletion } from '../keep-chat-completion.ts';
import { openUseCase } from '../open-use-case.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { toOwnerId } from '../request-state.ts';
import { sendEventStream } from '../send-event-stream.ts';
import { listIdleParameters, toStructuredHeaders } from '../structured-output.ts';

export interface ChatCompletionsOptions {
  readonly frame: UseCaseFrame;
  readonly chat: ChatService;
  readonly stored: StoredCompletionService;
  readonly pingMs: number;
  readonly logger: Logger;
}

/** POST /chat/completions: parse, run, answer; plain and streamed answers come from the same events. */
export function createChatCompletionsHandler({
  frame,
  chat,
  stored,
  pingMs,
  logger,
}: ChatCompletionsOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const parsed = parseChatCompletionRequest(readBody(request), { strict: isStrict(request) });
    const isStored = parsed.request.store === true;
    if (isStored && !stored.isEnabled) throw createStoreRefusal();
    const { model, stream, stream_options: streamOptions } = parsed.request;
    const choiceCount = parsed.request.n ?? 1;
    const answer = { choiceCount, logprobs: parsed.request.logprobs === true };
    request.state.model = model;
    const id = createChatCompletionId();
    const { requestedFormat, requestedTools } = parsed;
    const generation = toGenerationRequest(
      parsed.request,
      id,
      requestedFormat?.format,
      requestedTools?.toolUse,
    );
    const isStreamed = stream === true;
    const toParam: ToParam = (place) => toChatParam(place, parsed);
    request.state.toParam = toParam;
    const useCase = openUseCase(frame, request, reply, { endpoint: 'chat/completions', model, isStreamed });
    const run = await chat.start(useCase, generation, { choiceCount, isStrict: isStrict(request) });
    const envelope = {
      id,
      createdAtSeconds: Math.floor(Date.now() / 1000),
      model,
      systemFingerprint: run.systemFingerprint,
      serviceTier: toServedTier(parsed.request),
    };
    let wasKept: boolean | undefined;
    const keep = async (completion: ChatCompletion) => {
      wasKept = await stored.keep(toStoredCompletion(request, parsed, completion));
    };
    const events = isStored ? keepChatCompletion(run.events, envelope, answer, keep) : run.events;
    const toHeaders = () => ({
      ...(wasKept === undefined ? {} : { 'x-stored': String(wasKept) }),
      ...toIgnoredHeaders([...parsed.ignoredParameters, ...listIdleParameters(run, toParam)]),
      ...toStructuredHeaders(run, toParam),
    });
    if (isStreamed) {
      const headers = toHeaders();
      const includeUsage = streamOptions?.include_usage === true;
      const form = { ...answer, includeUsage, tellsUsage: tellsUsage(parsed.request) };
      const made = joinCallStarts(toChatCompletionChunks(events, envelope, form));
      const shaped = requestedTools?.isDeprecatedForm ? toFunctionCallChunks(made) : made;
      const chunks = streamOptions?.include_obfuscation === true ? addObfuscation(shaped) : shaped;
      await sendEventStream(request, reply, chunks, { pingMs, headers, logger, signal: useCase.signal });
      return reply;
    }
    const completion = await toChatCompletion(events, envelope, answer).finally(() => {
      // An error has the headers too: they say how many attempts failed.
      reply.headers(toHeaders());
    });
    return reply.send(requestedTools?.isDeprecatedForm ? toFunctionCallCompletion(completion) : completion);
  };
}

/** What is kept of an answer, in the form in which its client gets it. */
function toStoredCompletion(
  request: FastifyRequest,
  { request: asked, requestedTools }: ParsedChatCompletionRequest,
  completion: ChatCompletion,
): StoredCompletion {
  const answered = requestedTools?.isDeprecatedForm ? toFunctionCallCompletion(completion) : completion;
  return {
    id: completion.id,
    kind: 'chat-completion',
    ownerId: toOwnerId(request),
    model: completion.model,
    createdAtMs: completion.created * 1000,
    metadata: toMetadata(asked.metadata),
    ...toStoredChatTexts(asked, answered, request.id),
  };
}
