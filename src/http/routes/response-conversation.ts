import type { RequestPlace, ToParam } from '../../backend/request-place.ts';
import type { RequestedGeneration } from '../../backend/requested-generation.ts';
import { toGenerationRequest } from '../../protocol/openai/chat/to-generation-request.ts';
import {
  assertHasMessages,
  assertOutputsFollowCalls,
} from '../../protocol/openai/responses/find-misplaced-output.ts';
import { resolveReferences, toMissingItemMessage } from '../../protocol/openai/responses/item-references.ts';
import type { ParsedResponseRequest } from '../../protocol/openai/responses/parse-response-request.ts';
import type { InputItem } from '../../protocol/openai/responses/response-item.ts';
import { readHistory } from '../../protocol/openai/responses/stored-response.ts';
import { toItemConversation } from '../../protocol/openai/responses/to-item-conversation.ts';
import { toResponseParam } from '../../protocol/openai/responses/to-response-param.ts';
import type { StoredCompletionService } from '../../service/chat/stored-completions.ts';
import { ServiceError } from '../../service/service-error.ts';

export interface AnsweredItems {
  /** The conversation that the request continues. Empty if it names no response. */
  readonly history: readonly InputItem[];
  /** Of the request, its references resolved. */
  readonly items: readonly InputItem[];
}

export async function readConversation(
  { previousResponseId, items }: ParsedResponseRequest,
  stored: StoredCompletionService,
  ownerId: string,
): Promise<AnsweredItems> {
  const read = async (id: string, place: RequestPlace) =>
    readHistory(await stored.get({ id, kind: 'response', ownerId, place }));
  const history =
    previousResponseId === undefined ? [] : await read(previousResponseId, { kind: 'previous-answer' });
  const readItems = (responseId: string) =>
    read(responseId, { kind: 'prompt' }).catch((error: unknown) => {
      if (error instanceof ServiceError && error.code === 'response_not_found') return undefined;
      throw error;
    });
  const toMissingError = (itemId: string, index: number) =>
    new ServiceError('response_not_found', toMissingItemMessage(itemId), { kind: 'referenced-item', index });
  return { history, items: await resolveReferences(items, history, { readItems, toMissingError }) };
}

export interface ResponseGeneration {
  readonly generation: RequestedGeneration;
  /** Names the parts of the conversation too. */
  readonly toParam: ToParam;
}

/** The input to generate from, or to count, for this request. */
export function toGeneration(
  parsed: ParsedResponseRequest,
  { history, items }: AnsweredItems,
  id: string,
): ResponseGeneration {
  const { request, chatFields, requestedFormat, requestedTools } = parsed;
  assertOutputsFollowCalls(history, items);
  const { messages, contentParams } = toItemConversation(request.instructions, history, items);
  assertHasMessages(messages);
  const fields = { ...chatFields, messages: [] };
  const generation = toGenerationRequest(fields, id, requestedFormat?.format, requestedTools?.toolUse);
  return {
    generation: { ...generation, prompt: { kind: 'chat', messages } },
    toParam: (place) => toResponseParam(place, { ...parsed, contentParams }),
  };
}
