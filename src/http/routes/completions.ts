import type { ChoiceEvent } from '../../backend/choice-event.ts';
import {
  type CompletionAnswer,
  type CompletionChunk,
  type CompletionEnvelope,
  createCompletionId,
} from '../../protocol/openai/completions/completion.ts';
import { createCompletionChunkFold } from '../../protocol/openai/completions/completion-chunk-fold.ts';
import {
  type ParsedCompletionRequest,
  parseCompletionRequest,
} from '../../protocol/openai/completions/parse-completion-request.ts';
import { toCompletion } from '../../protocol/openai/completions/to-completion.ts';
import { toCompletionGenerations } from '../../protocol/openai/completions/to-completion-generations.ts';
import { toCompletionParam } from '../../protocol/openai/completions/to-completion-param.ts';
import { addObfuscation } from '../../protocol/openai/shared/add-obfuscation.ts';
import { toChunkStreamOptions } from '../../protocol/openai/shared/stream-fields.ts';
import type { GenerationEndpoint } from '../generation-endpoint.ts';
import { isStrict, readBody } from '../read-body.ts';
import { toDataForm } from '../send-event-stream.ts';

/** POST /completions */
export const completionsEndpoint: GenerationEndpoint = {
  endpoint: 'completions',
  read: (request) => {
    const parsed = parseCompletionRequest(readBody(request), { strict: isStrict(request) });
    const { model, stream, logprobs } = parsed.request;
    return {
      model,
      isStreamed: stream === true,
      ignoredParameters: parsed.ignoredParameters,
      unknownFields: parsed.unknownFields,
      toParam: (place) => toCompletionParam(place, parsed),
      prepare: async () => {
        const id = createCompletionId();
        const { generation, furtherPrompts, choiceCount } = toCompletionGenerations(
          parsed.request,
          parsed.prompts,
          id,
          parsed.requestedFormat?.format,
        );
        return {
          generation,
          start: { choiceCount, furtherPrompts },
          toAnswer: ({ systemFingerprint, toCost }) => {
            const createdAtSeconds = Math.floor(Date.now() / 1000);
            const envelope = { id, createdAtSeconds, model, systemFingerprint, toCost };
            const answer = toAnswer(parsed, choiceCount);
            return {
              stream: toDataForm(createToChunks(parsed, envelope, answer)),
              toWhole: (events) => toCompletion(events, envelope, answer, logprobs ?? 0),
            };
          },
        };
      },
    };
  },
};

function createToChunks(
  { request }: ParsedCompletionRequest,
  envelope: CompletionEnvelope,
  answer: CompletionAnswer,
): (event: ChoiceEvent) => readonly CompletionChunk[] {
  const { isObfuscated, ...streamed } = toChunkStreamOptions(request);
  const fold = createCompletionChunkFold(envelope, {
    ...answer,
    ...streamed,
    topCount: request.logprobs ?? 0,
  });
  return isObfuscated ? (event) => fold.push(event).map(addObfuscation) : fold.push;
}

function toAnswer({ request, prompts }: ParsedCompletionRequest, madeCount: number): CompletionAnswer {
  return {
    promptCount: prompts.length,
    choiceCount: request.n ?? 1,
    madeCount,
    logprobs: typeof request.logprobs === 'number',
  };
}
