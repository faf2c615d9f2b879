import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { MessageEvent } from '../../protocol/anthropic/messages/message-event.ts';
import {
  createMessageFold,
  type MessageFold,
  toMessageFoldOptions,
  toWireMessage,
} from '../../protocol/anthropic/messages/message-fold.ts';
import { parseMessageRequest } from '../../protocol/anthropic/messages/parse-message-request.ts';
import {
  createMessageId,
  toMessageGeneration,
} from '../../protocol/anthropic/messages/to-message-generation.ts';
import { toMessageParam } from '../../protocol/anthropic/messages/to-message-param.ts';
import { toTypedEvent } from '../../protocol/openai/shared/server-sent-events.ts';
import { toAnthropicFailure } from '../anthropic-failure.ts';
import type { GenerationEndpoint } from '../generation-endpoint.ts';
import { isStrict, readBody } from '../read-body.ts';
import type { EventStreamForm } from '../send-event-stream.ts';

/** POST /messages: a conversation in Anthropic's form, over the same service as chat. */
export const messagesEndpoint: GenerationEndpoint = {
  endpoint: 'messages',
  read: (request) => {
    const parsed = parseMessageRequest(readBody(request), { strict: isStrict(request) });
    const { model, stream } = parsed.request;
    return {
      model,
      isStreamed: stream === true,
      ignoredParameters: parsed.ignoredParameters,
      unknownFields: parsed.unknownFields,
      toParam: (place) => toMessageParam(place, parsed),
      prepare: async () => {
        const id = createMessageId();
        return {
          generation: toMessageGeneration(parsed, id),
          start: { choiceCount: 1, isStrict: isStrict(request) },
          toAnswer: (run) => {
            const fold = createMessageFold(toMessageFoldOptions(parsed.request, id, run.toCost));
            return { stream: toStreamForm(fold), toWhole: (events) => toWireMessage(events, fold) };
          },
        };
      },
    };
  },
};

function toStreamForm(fold: MessageFold): EventStreamForm<ChoiceEvent> {
  const writeAll = (events: readonly MessageEvent[]) => events.map(toTypedEvent).join('');
  return {
    write: ({ event }) => writeAll(fold.add(event)),
    // The last event says that it is the last.
    end: '',
    writeFailure: (failure, requestId) => writeAll([toAnthropicFailure(failure, requestId).body]),
    ping: writeAll([{ type: 'ping' }]),
  };
}
