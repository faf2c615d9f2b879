import {
  type CompactedResponse,
  toCompactedResponse,
} from '../../protocol/openai/responses/compacted-response.ts';
import { parseCompactionRequest } from '../../protocol/openai/responses/compaction.ts';
import { createResponseId } from '../../protocol/openai/responses/create-response-envelope.ts';
import { toWireResponse } from '../../protocol/openai/responses/response-fold.ts';
import { toResponseParam } from '../../protocol/openai/responses/to-response-param.ts';
import type { StoredCompletionService } from '../../service/chat/stored-completions.ts';
import { ServiceError } from '../../service/service-error.ts';
import type { GenerationEndpoint } from '../generation-endpoint.ts';
import { isStrict, readBody } from '../read-body.ts';
import { toOwnerId } from '../request-state.ts';
import { openResponseFold } from './open-response-fold.ts';
import { readConversation, toGeneration } from './response-conversation.ts';

/** POST /responses/compact: the model summarizes a conversation, over the same service as a response. */
export function createCompactResponseEndpoint(stored: StoredCompletionService): GenerationEndpoint {
  return {
    endpoint: 'responses/compact',
    read: (request) => {
      const parsed = parseCompactionRequest(readBody(request), { strict: isStrict(request) });
      return {
        model: parsed.request.model,
        isStreamed: false,
        ignoredParameters: parsed.ignoredParameters,
        unknownFields: parsed.unknownFields,
        toParam: (place) => toResponseParam(place, parsed),
        prepare: async () => {
          const id = createResponseId();
          const conversation = await readConversation(parsed, stored, toOwnerId(request));
          const { history, items } = conversation;
          return {
            ...toGeneration(parsed, conversation, id),
            start: { choiceCount: 1, isStrict: isStrict(request) },
            toAnswer: (run) => {
              const fold = openResponseFold(parsed, id, false, run);
              return {
                toWhole: async (events) =>
                  assertSummary(
                    toCompactedResponse(await toWireResponse(events, fold), [...history, ...items]),
                  ),
              };
            },
          };
        },
      };
    },
  };
}

function assertSummary(compacted: CompactedResponse | undefined): CompactedResponse {
  if (compacted !== undefined) return compacted;
  throw new ServiceError('invalid_structured_output', 'The model wrote no summary.');
}
