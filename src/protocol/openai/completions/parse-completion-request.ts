import { findContradictions } from '../chat/find-contradictions.ts';
import { movedToCompletions } from '../chat/moved-parameters.ts';
import { type RequestedFormat, readOutputFormat } from '../chat/read-output-format.ts';
import { isRequestProblem, type RequestProblem, toInvalidValue } from '../shared/error.ts';
import type { JsonObject } from '../shared/json-object.ts';
import { findLogitBiasProblem } from '../shared/logit-bias.ts';
import { assertJsonObject, parseFields } from '../shared/parse-fields.ts';
import { pickUnknownFields } from '../shared/pick-unknown-fields.ts';
import { type PromptInput, readPromptInputs } from '../shared/prompt-input.ts';
import { findSeedProblem } from '../shared/seed.ts';
import {
  type CompletionRequest,
  completionChoicesMax,
  completionRequestSchema,
  completionTokensDefault,
  unsupportedCompletionParameters,
} from './completion-request.ts';

export interface ParsedCompletionRequest {
  readonly request: CompletionRequest;
  /** At least one. */
  readonly prompts: readonly PromptInput[];
  /** The form of the answer, whichever of its names it came under; undefined: free text. */
  readonly requestedFormat: RequestedFormat | undefined;
  readonly ignoredParameters: readonly string[];
  /** Fields that we don't know. */
  readonly unknownFields: JsonObject;
}

/** @throws {RequestError} if the body is not a request that can be served completely */
export function parseCompletionRequest(
  body: unknown,
  { strict }: { readonly strict: boolean },
): ParsedCompletionRequest {
  assertJsonObject(body);
  const { fields: request, ignoredParameters } = parseFields(completionRequestSchema, body, {
    strict,
    later: unsupportedCompletionParameters,
    moved: movedToCompletions,
    findProblems: (fields) => {
      const prompts = readPromptInputs(fields.prompt, 'prompt');
      const format = readOutputFormat(fields);
      return [
        isRequestProblem(prompts) ? prompts : findCountProblem(fields, prompts.length),
        ...findCompletionContradictions(fields, format !== undefined),
        findLogitBiasProblem(fields.logit_bias),
        findSeedProblem(fields.seed),
        isRequestProblem(format) ? format : undefined,
      ];
    },
  });
  const prompts = readPromptInputs(request.prompt, 'prompt');
  const format = readOutputFormat(request);
  return {
    request,
    prompts: isRequestProblem(prompts) ? [] : prompts,
    requestedFormat: isRequestProblem(format) ? undefined : format,
    ignoredParameters,
    unknownFields: pickUnknownFields(body, isKnownParameter),
  };
}

function isKnownParameter(name: string): boolean {
  return (
    Object.hasOwn(completionRequestSchema.shape, name) || Object.hasOwn(unsupportedCompletionParameters, name)
  );
}

function findCountProblem(
  { n, best_of: bestOf }: CompletionRequest,
  prompts: number,
): RequestProblem | undefined {
  const choices = prompts * (bestOf ?? n ?? 1);
  if (choices <= completionChoicesMax) return undefined;
  return toInvalidValue(
    'prompt',
    `${prompts} prompts with ${choices / prompts} answers each are more than ${completionChoicesMax} answers in all, the maximum of one request.`,
  );
}

function findCompletionContradictions(
  request: CompletionRequest,
  isBound: boolean,
): (RequestProblem | undefined)[] {
  const { n, best_of: bestOf, stream, echo, suffix } = request;
  const count = n ?? 1;
  const isGiven = typeof bestOf === 'number';
  const { repeat_penalty, repetition_penalty, stream_options } = request;
  const { max_tokens, max_completion_tokens, min_tokens, ignore_eos } = request;
  return [
    ...findContradictions(
      {
        repeat_penalty,
        repetition_penalty,
        stream_options,
        stream,
        model: request.model,
        max_tokens,
        min_tokens,
        ignore_eos,
        max_completion_tokens: max_completion_tokens ?? max_tokens ?? completionTokensDefault,
      },
      isBound,
    ),
    isGiven && bestOf < count
      ? toInvalidValue('best_of', `it must not be less than 'n', which is ${count}.`)
      : undefined,
    isGiven && bestOf > count && stream
      ? toInvalidValue(
          'best_of',
          "the best answers are known only at the end, so that it can't be more than 'n' in a stream.",
        )
      : undefined,
    echo && suffix ? toInvalidValue('echo', "it is not allowed together with 'suffix'.") : undefined,
  ];
}
