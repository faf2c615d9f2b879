import type { FastifyRequest } from 'fastify';
import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { ChatCompletion } from '../../protocol/openai/chat/chat-completion.ts';
import type { ChatCompletionChunk } from '../../protocol/openai/chat/chat-completion-chunk.ts';
import { createChatCompletionChunkFold } from '../../protocol/openai/chat/chat-completion-chunk-fold.ts';
import {
  type ChatCompletionEnvelope,
  createChatCompletionId,
} from '../../protocol/openai/chat/chat-completion-envelope.ts';
import {
  toFunctionCallChunk,
  toFunctionCallCompletion,
} from '../../protocol/openai/chat/function-call-form.ts';
import { joinCallStarts } from '../../protocol/openai/chat/join-call-starts.ts';
import {
  type ParsedChatCompletionRequest,
  parseChatCompletionRequest,
} from '../../protocol/openai/chat/parse-chat-completion-request.ts';
import { toStoredChatTexts } from '../../protocol/openai/chat/stored-chat-completion.ts';
import {
  type AnswerOptions,
  type ChatCompletionFold,
  createChatCompletionFold,
  toChatCompletion,
} from '../../protocol/openai/chat/to-chat-completion.ts';
import { toChatParam } from '../../protocol/openai/chat/to-chat-param.ts';
import { toGenerationRequest } from '../../protocol/openai/chat/to-generation-request.ts';
import { addObfuscation } from '../../protocol/openai/shared/add-obfuscation.ts';
import { toServedTier } from '../../protocol/openai/shared/client-fields.ts';
import { toMetadata } from '../../protocol/openai/shared/metadata.ts';
import { createStoreRefusal } from '../../protocol/openai/shared/store-refusal.ts';
import { toChunkStreamOptions } from '../../protocol/openai/shared/stream-fields.ts';
import type { ChatRun } from '../../service/chat/chat.ts';
import type { StoredCompletion, StoredCompletionService } from '../../service/chat/stored-completions.ts';
import type { GenerationAnswer, GenerationEndpoint } from '../generation-endpoint.ts';
import { isStrict, readBody } from '../read-body.ts';
import { toOwnerId } from '../request-state.ts';
import { toDataForm } from '../send-event-stream.ts';

/** POST /chat/completions */
export function createChatCompletionsEndpoint(stored: StoredCompletionService): GenerationEndpoint {
  return {
    endpoint: 'chat/completions',
    read: (request) => {
      const parsed = parseChatCompletionRequest(readBody(request), { strict: isStrict(request) });
      const { model, stream, store, n } = parsed.request;
      if (store === true && !stored.isEnabled) throw createStoreRefusal();
      return {
        model,
        isStreamed: stream === true,
        ignoredParameters: parsed.ignoredParameters,
        unknownFields: parsed.unknownFields,
        toParam: (place) => toChatParam(place, parsed),
        prepare: async () => {
          const id = createChatCompletionId();
          const { requestedFormat, requestedTools } = parsed;
          return {
            generation: toGenerationRequest(
              parsed.request,
              id,
              requestedFormat?.format,
              requestedTools?.toolUse,
            ),
            start: { choiceCount: n ?? 1, isStrict: isStrict(request) },
            toAnswer: (run) => {
              const keep = (completion: ChatCompletion) =>
                stored.keep(toStoredCompletion(request, parsed, completion));
              return toAnswer(parsed, toEnvelope(parsed, id, run), store === true ? keep : undefined);
            },
          };
        },
      };
    },
  };
}

function toEnvelope(
  { request }: ParsedChatCompletionRequest,
  id: string,
  { systemFingerprint, toCost }: ChatRun,
): ChatCompletionEnvelope {
  return {
    id,
    createdAtSeconds: Math.floor(Date.now() / 1000),
    model: request.model,
    systemFingerprint,
    toCost,
    serviceTier: toServedTier(request),
  };
}

/** @param keep stores the whole answer; undefined: it is not to be stored. */
function toAnswer(
  parsed: ParsedChatCompletionRequest,
  envelope: ChatCompletionEnvelope,
  keep: ((completion: ChatCompletion) => Promise<boolean>) | undefined,
): GenerationAnswer {
  const { request, requestedTools } = parsed;
  const options = { choiceCount: request.n ?? 1, logprobs: request.logprobs === true };
  let wasKept: boolean | undefined;
  const toChunks = createToChunks(parsed, envelope, options);
  return {
    stream: toDataForm(
      keep ? keepBeforeEnd(toChunks, createChatCompletionFold(envelope, options), keep) : toChunks,
    ),
    toWhole: async (events) => {
      const completion = await toChatCompletion(events, envelope, options);
      wasKept = await keep?.(completion);
      return requestedTools?.isDeprecatedForm ? toFunctionCallCompletion(completion) : completion;
    },
    toHeaders: () => (wasKept === undefined ? {} : { 'x-stored': String(wasKept) }),
  };
}

type ToChunks = (event: ChoiceEvent) => readonly ChatCompletionChunk[];

function createToChunks(
  { request, requestedTools }: ParsedChatCompletionRequest,
  envelope: ChatCompletionEnvelope,
  options: AnswerOptions,
): ToChunks {
  const { isObfuscated, ...streamed } = toChunkStreamOptions(request);
  const fold = joinCallStarts(createChatCompletionChunkFold(envelope, { ...options, ...streamed }));
  return (event) => {
    const made = fold.push(event);
    const shaped = requestedTools?.isDeprecatedForm ? made.map(toFunctionCallChunk) : made;
    return isObfuscated ? shaped.map(addObfuscation) : shaped;
  };
}

/**
 * The same chunks. Before the last ones go out the answer is whole, and is kept: a client that has read the end of a stream
 * finds it stored. An answer that breaks off is not.
 */
function keepBeforeEnd(
  toChunks: ToChunks,
  fold: ChatCompletionFold,
  keep: (completion: ChatCompletion) => Promise<unknown>,
): (event: ChoiceEvent) => ReturnType<ToChunks> | Promise<ReturnType<ToChunks>> {
  return (event) => {
    const chunks = toChunks(event);
    return fold.add(event) ? keep(fold.finish()).then(() => chunks) : chunks;
  };
}

/** The stored form of an answer, as its client receives it. */
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
