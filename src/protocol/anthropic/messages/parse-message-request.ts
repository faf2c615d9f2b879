import { z } from 'zod';
import { messagesMax } from '../../openai/chat/chat-completion-request.ts';
import { ignoredParametersMax } from '../../openai/chat/find-ignored-parameters.ts';
import { isKnownChatParameter, type ParseOptions } from '../../openai/chat/parse-chat-completion-request.ts';
import {
  type OutputFormatNames,
  type RequestedFormat,
  readOutputFormat,
} from '../../openai/chat/read-output-format.ts';
import { type RequestedTools, readToolUse, type ToolNames } from '../../openai/chat/read-tool-use.ts';
import type { ChatRequestFields } from '../../openai/responses/to-chat-request.ts';
import { isRequestProblem, problemsMax, type RequestProblem } from '../../openai/shared/error.ts';
import type { JsonObject } from '../../openai/shared/json-object.ts';
import { findLogitBiasProblem } from '../../openai/shared/logit-bias.ts';
import { assertJsonObject, throwProblems, toStrictProblem } from '../../openai/shared/parse-fields.ts';
import { pickUnknownFields } from '../../openai/shared/pick-unknown-fields.ts';
import { findSeedProblem } from '../../openai/shared/seed.ts';
import { toRequestProblems } from '../../openai/shared/to-request-problems.ts';
import { type MessageParam, messageParamSchema } from './content-block.ts';
import { findIgnoredMessageParameters } from './find-ignored-message-parameters.ts';
import { findChoiceProblem, findContradictions } from './find-message-contradictions.ts';
import { findMisplacedToolResult } from './find-misplaced-tool-result.ts';
import { findUnsupportedMessageParameters } from './find-unsupported-message-parameters.ts';
import { type MessageRequest, messageRequestSchema, messageToolsMax } from './message-request.ts';
import { type MessageTools, readMessageTools, toLeftOutProblem } from './read-message-tools.ts';
import { toChatFields } from './to-chat-fields.ts';
import { type MessageConversation, toMessageConversation } from './to-message-conversation.ts';

export interface ParsedMessageRequest {
  readonly request: Omit<MessageRequest, 'messages' | 'system' | 'tools'>;
  readonly chatFields: ChatRequestFields;
  readonly conversation: MessageConversation;
  /** undefined: free text. */
  readonly requestedFormat: RequestedFormat | undefined;
  /** undefined: no tools. */
  readonly requestedTools: RequestedTools | undefined;
  /** Accepted fields that change nothing: at most 20 names of 64 characters, safe in a header. */
  readonly ignoredParameters: readonly string[];
  /** Fields that we don't know, for upstreams. */
  readonly unknownFields: JsonObject;
}

export interface ParseMessageOptions extends ParseOptions {
  /** Only the prompt is counted: `max_tokens` may be absent. Default: false. */
  readonly isCount?: boolean;
}

/** The schema without messages and tools, which are parsed one by one so that a few bad ones end the work. */
const fieldsSchema = messageRequestSchema.extend({
  messages: z.array(z.unknown()).min(1).max(messagesMax),
  tools: z.array(z.unknown()).max(messageToolsMax).nullish(),
});

const countFieldsSchema = fieldsSchema.extend({
  max_tokens: fieldsSchema.shape.max_tokens.default(0),
});

type Fields = z.infer<typeof fieldsSchema>;

/** @throws {RequestError} if the body is not a request that can be served completely */
export function parseMessageRequest(
  body: unknown,
  { strict, isCount = false }: ParseMessageOptions,
): ParsedMessageRequest {
  assertJsonObject(body);
  // First: the code of the first problem is the one that a client reads.
  const problems: RequestProblem[] = findUnsupportedMessageParameters(body, isCount);
  const schema = isCount ? countFieldsSchema : fieldsSchema;
  const fields = schema.safeParse(body);
  if (fields.error) problems.push(...toRequestProblems(fields.error.issues, { schema, input: body, at: '' }));
  const messages = parseMessages(body['messages'], problems);
  const tools = readMessageTools(body['tools'], problems);
  const reading =
    fields.success && problems.length === 0 ? readFields(fields.data, tools, messages, problems) : undefined;
  throwProblems(problems);
  // Only the compiler needs this line: every issue of zod has become a problem above.
  if (reading === undefined) throw fields.error;
  const ignored = findIgnoredMessageParameters(body);
  if (strict) throwProblems([...tools.leftOut.map(toLeftOutProblem), ...ignored.map(toStrictProblem)]);
  const names = [...tools.leftOut.map(({ param }) => param), ...ignored];
  const unknownFields = pickUnknownFields(body, isKnownParameter);
  return { ...reading, ignoredParameters: names.slice(0, ignoredParametersMax), unknownFields };
}

function isKnownParameter(name: string): boolean {
  return Object.hasOwn(messageRequestSchema.shape, name) || isKnownChatParameter(name);
}

function readFields(
  fields: Fields,
  { tools, params, leftOut }: MessageTools,
  messages: readonly MessageParam[],
  problems: RequestProblem[],
): Omit<ParsedMessageRequest, 'ignoredParameters' | 'unknownFields'> {
  const { messages: _messages, system, tools: _tools, ...request } = fields;
  const chatFields = toChatFields({ ...request, tools });
  const conversation = toMessageConversation(system, messages);
  const format = readOutputFormat(chatFields, toFormatNames(request));
  if (isRequestProblem(format)) problems.push(format);
  const choiceProblem = findChoiceProblem(request.tool_choice, tools, leftOut);
  const toolUse = choiceProblem ?? readToolUse(chatFields, toToolNames(params));
  if (isRequestProblem(toolUse)) problems.push(toolUse);
  const requestedTools = isRequestProblem(toolUse) ? undefined : toPlacedTools(toolUse, params);
  problems.push(
    ...[findLogitBiasProblem(request.logit_bias), findSeedProblem(request.seed)].flatMap((one) => one ?? []),
    ...findContradictions(request, conversation, requestedTools?.toolUse),
  );
  return {
    request,
    chatFields,
    conversation,
    requestedFormat: isRequestProblem(format) ? undefined : format,
    requestedTools,
  };
}

function toFormatNames({ output_config: config }: Pick<Fields, 'output_config'>): OutputFormatNames {
  const name = config?.format ? 'output_config.format' : 'output_format';
  return { format: name, namedSchema: name };
}

function toToolNames(params: readonly string[]): ToolNames {
  return {
    toTool: (index) => params[index] ?? 'tools',
    chosenTool: 'tool_choice',
    toAllowedTool: () => 'tool_choice',
  };
}

function toPlacedTools(
  toolUse: RequestedTools | undefined,
  params: readonly string[],
): RequestedTools | undefined {
  return toolUse && { ...toolUse, params: params.map((param) => `${param}.input_schema`) };
}

/** Stops one problem after the maximum: the cost of a bad body must not grow with its size. */
function parseMessages(messages: unknown, problems: RequestProblem[]): MessageParam[] {
  const parsed: MessageParam[] = [];
  if (!Array.isArray(messages) || messages.length > messagesMax) return parsed;
  for (const [index, input] of messages.entries()) {
    if (problems.length > problemsMax) return parsed;
    const { error, data } = messageParamSchema.safeParse(input);
    if (error === undefined) parsed.push(data);
    else {
      const at = `messages[${index}]`;
      problems.push(...toRequestProblems(error.issues, { schema: messageParamSchema, input, at }));
    }
  }
  // Which call a result belongs to can be said only of messages that were all read.
  const misplaced = parsed.length === messages.length ? findMisplacedToolResult(parsed) : undefined;
  if (misplaced !== undefined) problems.push(misplaced);
  return parsed;
}
