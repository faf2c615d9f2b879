import type { FastifyRequest } from 'fastify';
import type { ChoiceEvent } from '../../backend/choice-event.ts';
import { writeJson } from '../../json/write-json.ts';
import { createResponseId } from '../../protocol/openai/responses/create-response-envelope.ts';
import {
  type ParsedResponseRequest,
  parseResponseRequest,
} from '../../protocol/openai/responses/parse-response-request.ts';
import { isFinalEvent, type ResponseEvent } from '../../protocol/openai/responses/response-event.ts';
import { type ResponseFold, toWireResponse } from '../../protocol/openai/responses/response-fold.ts';
import type { WireResponse } from '../../protocol/openai/responses/response-object.ts';
import { toCreatedAtMs, toStoredItems } from '../../protocol/openai/responses/stored-response.ts';
import { toResponseParam } from '../../protocol/openai/responses/to-response-param.ts';
import { addEventObfuscation } from '../../protocol/openai/shared/add-obfuscation.ts';
import { toTypedEvent } from '../../protocol/openai/shared/server-sent-events.ts';
import { createStoreRefusal } from '../../protocol/openai/shared/store-refusal.ts';
import { isObfuscated } from '../../protocol/openai/shared/stream-fields.ts';
import type { StoredCompletion, StoredCompletionService } from '../../service/chat/stored-completions.ts';
import type { GenerationAnswer, GenerationEndpoint, PreparedGeneration } from '../generation-endpoint.ts';
import { isStrict, readBody } from '../read-body.ts';
import { toOwnerId } from '../request-state.ts';
import type { EventStreamForm } from '../send-event-stream.ts';
import { openResponseFold } from './open-response-fold.ts';
import { type AnsweredItems, readConversation, toGeneration } from './response-conversation.ts';

/** POST /responses: a conversation like chat's, over the same service. */
export function createResponseEndpoint(stored: StoredCompletionService): GenerationEndpoint {
  return {
    endpoint: 'responses',
    read: (request) => {
      const parsed = parseResponseRequest(readBody(request), { strict: isStrict(request) });
      const { model, stream, store } = parsed.request;
      if (store === true && !stored.isEnabled) throw createStoreRefusal();
      return {
        model,
        isStreamed: stream === true,
        ignoredParameters: parsed.ignoredParameters,
        unknownFields: parsed.unknownFields,
        toParam: (place) => toResponseParam(place, parsed),
        prepare: () => prepare(request, parsed, stored),
      };
    },
  };
}

async function prepare(
  request: FastifyRequest,
  parsed: ParsedResponseRequest,
  stored: StoredCompletionService,
): Promise<PreparedGeneration> {
  const id = createResponseId();
  const ownerId = toOwnerId(request);
  const conversation = await readConversation(parsed, stored, ownerId);
  const isStored = stored.isEnabled && parsed.request.store !== false;
  const keep = (response: WireResponse) =>
    stored.keep({ id, ownerId, ...toStoredResponse(conversation, response) });
  return {
    ...toGeneration(parsed, conversation, id),
    start: { choiceCount: 1, isStrict: isStrict(request) },
    toAnswer: (run) => {
      const fold = openResponseFold(parsed, id, isStored, run);
      const writeAll = isObfuscated(parsed.request) ? writePadded : writePlain;
      return toAnswer(fold, writeAll, isStored ? createKeeper(keep) : undefined);
    },
    toRefusedStream: ({ code, body }) =>
      code === 'context_length_exceeded'
        ? writePlain(openResponseFold(parsed, id, false).refuse(body))
        : undefined,
  };
}

/** Stores a response and returns it as it is sent. If storing failed, it says so. */
type Keeper = (response: WireResponse) => Promise<WireResponse>;

function createKeeper(keep: (response: WireResponse) => Promise<boolean>): Keeper {
  return async (response) => ((await keep(response)) ? response : { ...response, store: false });
}

/** @param keep undefined: the response is not to be stored. */
function toAnswer(fold: ResponseFold, writeAll: EventWriter, keep: Keeper | undefined): GenerationAnswer {
  return {
    stream: toStreamForm(fold, writeAll, keep),
    toWhole: async (events) => {
      const response = await toWireResponse(events, fold);
      return keep === undefined ? response : keep(response);
    },
  };
}

/** A response is stored before its last event is sent, so that a client that has read it can continue it. */
function toStreamForm(
  fold: ResponseFold,
  writeAll: EventWriter,
  keep: Keeper | undefined,
): EventStreamForm<ChoiceEvent> {
  return {
    write: ({ event }) => {
      const made = fold.add(event);
      const last = made.at(-1);
      if (keep === undefined || last === undefined || !isFinalEvent(last)) return writeAll(made);
      return keep(last.response).then((response) => writeAll([...made.slice(0, -1), { ...last, response }]));
    },
    // The last event says that it is the last.
    end: '',
    writeFailure: ({ body }) => writeAll(fold.fail(body)),
    // Clients that see the connection cut report that, and not the failure that they were sent.
    endsWithFailure: true,
  };
}

type EventWriter = (events: readonly ResponseEvent[]) => string;

const writePlain: EventWriter = (events) => events.map(toTypedEvent).join('');

const writePadded: EventWriter = (events) => writePlain(events.map(addEventObfuscation));

function toStoredResponse(
  { history, items }: AnsweredItems,
  response: WireResponse,
): Omit<StoredCompletion, 'id' | 'ownerId'> {
  const { model, metadata, id } = response;
  return {
    kind: 'response',
    model,
    createdAtMs: toCreatedAtMs(response),
    metadata,
    inputText: writeJson(toStoredItems([...history, ...items], id)),
    outputText: writeJson(response),
  };
}
