import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ToParam } from '../../backend/request-place.ts';
import { createCompletionId } from '../../protocol/openai/completions/completion.ts';
import {
  type ParsedCompletionRequest,
  parseCompletionRequest,
} from '../../protocol/openai/completions/parse-completion-request.ts';
import { toCompletion } from '../../protocol/openai/completions/to-completion.ts';
import { toCompletionChunks } from '../../protocol/openai/completions/to-completion-chunks.ts';
import { toCompletionGenerations } from '../../protocol/openai/completions/to-completion-generations.ts';
import { toCompletionParam } from '../../protocol/openai/completions/to-completion-param.ts';
import { addObfuscation } from '../../protocol/openai/shared/add-obfuscation.ts';
import { tellsUsage } from '../../protocol/openai/shared/stream-fields.ts';
import type { ChatService } from '../../service/chat/chat.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { openUseCase } from '../open-use-case.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { sendEventStream } from '../send-event-stream.ts';
import { toStructuredHeaders } from '../structured-output.ts';

export interface CompletionsOptions {
  readonly frame: UseCaseFrame;
  readonly chat: ChatService;
  readonly pingMs: number;
  readonly logger: Logger;
}

/** POST /completions: parse, run, answer; plain and streamed answers come from the same events. */
export function createCompletionsHandler({ frame, chat, pingMs, logger }: CompletionsOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const parsed = parseCompletionRequest(readBody(request), { strict: isStrict(request) });
    const { model, stream, stream_options: streamOptions, logprobs } = parsed.request;
    request.state.model = model;
    const id = createCompletionId();
    const { requestedFormat, prompts, ignoredParameters } = parsed;
    const { generation, furtherPrompts, choiceCount } = toCompletionGenerations(
      parsed.request,
      prompts,
      id,
      requestedFormat?.format,
    );
    const toParam: ToParam = (place) => toCompletionParam(place, parsed);
    request.state.toParam = toParam;
    const isStreamed = stream === true;
    const useCase = openUseCase(frame, request, reply, { endpoint: 'completions', model, isStreamed });
    const run = await chat.start(useCase, generation, { choiceCount, furtherPrompts });
    const envelope = {
      id,
      createdAtSeconds: Math.floor(Date.now() / 1000),
      model,
      systemFingerprint: run.systemFingerprint,
    };
    const answer = toAnswer(parsed, choiceCount);
    const topCount = logprobs ?? 0;
    const toHeaders = () => ({
      ...toIgnoredHeaders(ignoredParameters),
      ...toStructuredHeaders(run, toParam),
    });
    if (isStreamed) {
      const includeUsage = streamOptions?.include_usage === true;
      const form = { ...answer, topCount, includeUsage, tellsUsage: tellsUsage(parsed.request) };
      const made = toCompletionChunks(run.events, envelope, form);
      const chunks = streamOptions?.include_obfuscation === true ? addObfuscation(made) : made;
      const headers = toHeaders();
      await sendEventStream(request, reply, chunks, {
        pingMs,
        headers,
        logger,
        signal: useCase.signal,
      });
      return reply;
    }
    const completion = await toCompletion(run.events, envelope, answer, topCount).finally(() => {
      // An error has the headers too: they say how many attempts failed.
      reply.headers(toHeaders());
    });
    return reply.send(completion);
  };
}

function toAnswer({ request, prompts }: ParsedCompletionRequest, madeCount: number) {
  return {
    promptCount: prompts.length,
    choiceCount: request.n ?? 1,
    madeCount,
    logprobs: typeof request.logprobs === 'number',
  };
}
