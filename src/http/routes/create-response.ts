import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestPlace, ToParam } from '../../backend/request-place.ts';
import { writeJson } from '../../json/write-json.ts';
import { toGenerationRequest } from '../../protocol/openai/chat/to-generation-request.ts';
import {
  createResponseEnvelope,
  createResponseId,
} from '../../protocol/openai/responses/create-response-envelope.ts';
import {
  assertHasMessages,
  assertOutputsFollowCalls,
} from '../../protocol/openai/responses/find-misplaced-output.ts';
import { resolveReferences, toMissingItemMessage } from '../../protocol/openai/responses/item-references.ts';
import {
  type ParsedResponseRequest,
  parseResponseRequest,
} from '../../protocol/openai/responses/parse-response-request.ts';
import { isFinalEvent, type ResponseEvent } from '../../protocol/openai/responses/response-event.ts';
import {
  createResponseFold,
  type ResponseFold,
  toResponseEvents,
  toWireResponse,
} from '../../protocol/openai/responses/response-fold.ts';
import type { InputItem } from '../../protocol/openai/responses/response-item.ts';
import type { WireResponse } from '../../protocol/openai/responses/response-object.ts';
import { readHistory, toStoredItems } from '../../protocol/openai/responses/stored-response.ts';
import { toConversation } from '../../protocol/openai/responses/to-chat-request.ts';
import { toResponseParam } from '../../protocol/openai/responses/to-response-param.ts';
import { toTypedEvent } from '../../protocol/openai/shared/server-sent-events.ts';
import { createStoreRefusal } from '../../protocol/openai/shared/store-refusal.ts';
import { tellsUsage } from '../../protocol/openai/shared/stream-fields.ts';
import type { ChatService } from '../../service/chat/chat.ts';
import type { StoredCompletionService } from '../../service/chat/stored-completions.ts';
import { ServiceError } from '../../service/service-error.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { openUseCase } from '../open-use-case.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { toOwnerId } from '../request-state.ts';
import { type EventStreamForm, sendEventStream } from '../send-event-stream.ts';
import { listIdleParameters, toStructuredHeaders } from '../structured-output.ts';

export interface ResponsesOptions {
  readonly frame: UseCaseFrame;
  readonly chat: ChatService;
  readonly stored: StoredCompletionService;
  readonly pingMs: number;
  readonly logger: Logger;
}

/** POST /responses: a conversation like chat's, over the same service; plain and streamed answers are the same events. */
export function createResponseHandler({ frame, chat, stored, pingMs, logger }: ResponsesOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const parsed = parseResponseRequest(readBody(request), { strict: isStrict(request) });
    if (parsed.request.store === true && !stored.isEnabled) throw createStoreRefusal();
    const isStored = stored.isEnabled && parsed.request.store !== false;
    const { model } = parsed.request;
    request.state.model = model;
    const toParam: ToParam = (place) => toResponseParam(place, parsed);
    request.state.toParam = toParam;
    const id = createResponseId();
    const conversation = await readConversation(parsed, stored, toOwnerId(request));
    const generation = toGeneration(parsed, conversation, id);
    const isStreamed = parsed.request.stream === true;
    const useCase = openUseCase(frame, request, reply, { endpoint: 'responses', model, isStreamed });
    const run = await chat.start(useCase, generation, { choiceCount: 1, isStrict: isStrict(request) });
    const fold = createResponseFold({
      envelope: createResponseEnvelope(parsed.request, {
        ...{ id, createdAtSeconds: nowSeconds(), isStored, sampling: run.sampling },
      }),
      now: nowSeconds,
      tellsUsage: tellsUsage(parsed.request),
    });
    const made = toResponseEvents(run.events, fold);
    const items = [...conversation.history, ...conversation.items];
    const keep = (response: WireResponse) =>
      stored.keep({
        id,
        kind: 'response',
        ownerId: toOwnerId(request),
        model,
        createdAtMs: response.created_at * 1000,
        metadata: response.metadata,
        inputText: writeJson(toStoredItems(items, id)),
        outputText: writeJson(response),
      });
    const events = isStored ? keepResponse(made, keep) : made;
    const toHeaders = () => ({
      ...toIgnoredHeaders([...parsed.ignoredParameters, ...listIdleParameters(run, toParam)]),
      ...toStructuredHeaders(run, toParam),
    });
    if (isStreamed) {
      const options = { pingMs, headers: toHeaders(), logger, signal: useCase.signal };
      await sendEventStream(request, reply, events, options, toStreamForm(fold));
      return reply;
    }
    const response = await toWireResponse(events).finally(() => {
      // An error has the headers too: they say how many attempts failed.
      reply.headers(toHeaders());
    });
    return reply.send(response);
  };
}

export interface ItemConversation {
  /** That the request goes on from; nothing where it names no response. */
  readonly history: readonly InputItem[];
  /** Of the request, its references resolved. */
  readonly items: readonly InputItem[];
}

export async function readConversation(
  { request, items }: ParsedResponseRequest,
  stored: StoredCompletionService,
  ownerId: string,
): Promise<ItemConversation> {
  const read = async (id: string, place: RequestPlace) =>
    readHistory(await stored.get({ id, kind: 'response', ownerId, place }));
  const { previous_response_id: id } = request;
  const history = typeof id === 'string' ? await read(id, { kind: 'previous-answer' }) : [];
  const readItems = (responseId: string) =>
    read(responseId, { kind: 'prompt' }).catch((error: unknown) => {
      if (error instanceof ServiceError && error.code === 'response_not_found') return undefined;
      throw error;
    });
  const toMissingError = (itemId: string, index: number) =>
    new ServiceError('response_not_found', toMissingItemMessage(itemId), { kind: 'referenced-item', index });
  return { history, items: await resolveReferences(items, history, { readItems, toMissingError }) };
}

/** What is generated from, or counted, for this request. */
export function toGeneration(
  parsed: ParsedResponseRequest,
  { history, items }: ItemConversation,
  id: string,
) {
  const { request, chatFields, requestedFormat, requestedTools } = parsed;
  assertOutputsFollowCalls(history, items);
  const messages = toConversation(request.instructions, [...history, ...items]);
  assertHasMessages(messages);
  return toGenerationRequest(
    { ...chatFields, messages },
    id,
    requestedFormat?.format,
    requestedTools?.toolUse,
  );
}

/**
 * The same events. Before the last one goes on the response is kept, so that whoever has read it may go on from it; where
 * that failed, it says so.
 */
async function* keepResponse(
  events: AsyncIterable<ResponseEvent>,
  keep: (response: WireResponse) => Promise<boolean>,
): AsyncGenerator<ResponseEvent, void, undefined> {
  for await (const event of events) {
    if (!isFinalEvent(event) || (await keep(event.response))) yield event;
    else yield { ...event, response: { ...event.response, store: false } };
  }
}

function toStreamForm(fold: ResponseFold): EventStreamForm<ResponseEvent> {
  return {
    toEvent: toTypedEvent,
    // The last event says that it is the last.
    end: '',
    toFailure: (body) => fold.fail(body).map(toTypedEvent).join(''),
  };
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
