import { z } from 'zod';
import { isRequestProblem, problemsMax, type RequestProblem } from '../shared/error.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { findLogitBiasProblem } from '../shared/logit-bias.ts';
import { findMetadataProblem } from '../shared/metadata.ts';
import { assertJsonObject, throwProblems, toStrictProblem } from '../shared/parse-fields.ts';
import { pickUnknownFields } from '../shared/pick-unknown-fields.ts';
import { findSeedProblem } from '../shared/seed.ts';
import { toRequestProblems } from '../shared/to-request-problems.ts';
import {
  type ChatCompletionRequest,
  chatCompletionRequestSchema,
  messagesMax,
} from './chat-completion-request.ts';
import { chatMessageSchema, imageMessageSchema, type WireChatMessage } from './chat-message.ts';
import { findContinuationProblem } from './continued-message.ts';
import { findContradictions } from './find-contradictions.ts';
import { findIgnoredParameters } from './find-ignored-parameters.ts';
import { findMisplacedResult } from './find-misplaced-result.ts';
import { findTemplateVariablesProblem } from './find-template-variables-problem.ts';
import { findUnsupportedContent } from './find-unsupported-content.ts';
import { hasImage, isImagePart } from './image-part.ts';
import { findMovedParameters, movedToChat } from './moved-parameters.ts';
import { type RequestedFormat, readOutputFormat } from './read-output-format.ts';
import { type RequestedTools, readToolUse } from './read-tool-use.ts';
import { findUnsupportedParameters, isUnsupportedParameter } from './unsupported-parameters.ts';

export interface ParseOptions {
  /** Refuse fields that would be ignored. */
  readonly strict: boolean;
}

export interface ParsedChatCompletionRequest {
  readonly request: ChatCompletionRequest;
  /** The form of the answer, whichever of its names it came under; undefined: free text. */
  readonly requestedFormat: RequestedFormat | undefined;
  /** undefined: no tools. */
  readonly requestedTools: RequestedTools | undefined;
  /** Accepted fields that change nothing: at most 20 names of 64 characters, safe in a header. */
  readonly ignoredParameters: readonly string[];
  /** Fields that we don't know. */
  readonly unknownFields: JsonObject;
}

/** The schema without its messages, which are parsed one by one so that a few bad ones end the work. */
const fieldsSchema = chatCompletionRequestSchema.extend({
  messages: z.array(z.unknown()).min(1).max(messagesMax),
});

/** @throws {RequestError} if the body is not a request that can be served completely */
export function parseChatCompletionRequest(
  body: unknown,
  { strict }: ParseOptions,
): ParsedChatCompletionRequest {
  assertJsonObject(body);
  const problems: RequestProblem[] = [];
  const fields = fieldsSchema.safeParse(body);
  if (fields.error) {
    problems.push(
      ...toRequestProblems(fields.error.issues, { schema: chatCompletionRequestSchema, input: body, at: '' }),
    );
  }
  const messages = parseMessages(body['messages'], problems);
  const reading = fields.success ? readOutputFormat(fields.data) : undefined;
  if (isRequestProblem(reading)) problems.push(reading);
  const tools = fields.success ? readToolUse(fields.data) : undefined;
  if (isRequestProblem(tools)) problems.push(tools);
  const requestedFormat = isRequestProblem(reading) ? undefined : reading;
  const requestedTools = isRequestProblem(tools) ? undefined : tools;
  if (fields.success) {
    const mayCall = requestedTools !== undefined && requestedTools.toolUse.choice !== 'none';
    problems.push(...findContradictions(fields.data, mayCall || requestedFormat !== undefined));
    problems.push(...findMapProblems(fields.data));
  }
  // Which message is the last can be said only of messages that were all read.
  if (fields.success && problems.length === 0) {
    const request = { ...fields.data, messages };
    problems.push(...toList(findContinuationProblem(request, requestedTools?.toolUse)));
  }
  problems.push(...findUnsupportedParameters(body), ...findMovedParameters(body, movedToChat));
  throwProblems(problems);
  // Only the compiler needs this line: every issue of zod has become a problem above.
  if (!fields.success) throw fields.error;
  const ignoredParameters = findIgnoredParameters(body);
  if (strict) throwProblems(ignoredParameters.map(toStrictProblem));
  const request = { ...fields.data, messages };
  const unknownFields = pickUnknownFields(body, isKnownChatParameter);
  return { request, requestedFormat, requestedTools, ignoredParameters, unknownFields };
}

/** What it means is ours to say, also in the bodies of other endpoints: an upstream gets a chat request. */
export function isKnownChatParameter(name: string): boolean {
  return Object.hasOwn(chatCompletionRequestSchema.shape, name) || isUnsupportedParameter(name);
}

/**
 * The cost of a bad body must not grow with its size. Stops one problem after the maximum, so that the error
 * can say that there are more.
 */
function parseMessages(messages: unknown, problems: RequestProblem[]): WireChatMessage[] {
  const parsed: WireChatMessage[] = [];
  if (!Array.isArray(messages) || messages.length > messagesMax) return parsed;
  for (const [index, input] of messages.entries()) {
    if (problems.length > problemsMax) return parsed;
    const at = `messages[${index}]`;
    const unsupported = findUnsupportedContent(input, at, isImagePart);
    if (unsupported !== undefined) {
      problems.push(unsupported);
      continue;
    }
    const schema = hasImage(input) ? imageMessageSchema : chatMessageSchema;
    const { error, data } = schema.safeParse(input);
    if (error) problems.push(...toRequestProblems(error.issues, { schema, input, at }));
    else if (isSilentAssistant(data)) problems.push(toSilentAssistantProblem(input, `${at}.content`));
    else parsed.push(data);
  }
  // Which call a result belongs to can be said only of messages that were all read.
  const misplaced = parsed.length === messages.length ? findMisplacedResult(parsed) : undefined;
  if (misplaced !== undefined) problems.push(misplaced);
  return parsed;
}

/** An assistant message may lack its content only where something else says what the turn was. */
function isSilentAssistant(message: WireChatMessage): boolean {
  if (message.role !== 'assistant' || (message.tool_calls ?? []).length > 0) return false;
  return (message.content ?? message.refusal ?? message.function_call ?? null) === null;
}

function toSilentAssistantProblem(input: unknown, param: string): RequestProblem {
  if (isJsonObject(input) && input['content'] === null) {
    const message = `Invalid type for '${param}': expected one of a string or an array, but got null instead.`;
    return { code: 'invalid_type', param, message };
  }
  return {
    code: 'missing_required_parameter',
    param,
    message: `Missing required parameter: '${param}'.`,
  };
}

/** Problems inside of the fields that the schema passes unchecked. */
function findMapProblems({
  logit_bias,
  metadata,
  chat_template_kwargs,
  seed,
}: Omit<ChatCompletionRequest, 'messages'>): RequestProblem[] {
  return [
    ...toList(findLogitBiasProblem(logit_bias)),
    ...toList(findSeedProblem(seed)),
    ...toList(findMetadataProblem(metadata)),
    ...toList(findTemplateVariablesProblem(chat_template_kwargs)),
  ];
}

function toList(problem: RequestProblem | undefined): readonly RequestProblem[] {
  return problem === undefined ? [] : [problem];
}
