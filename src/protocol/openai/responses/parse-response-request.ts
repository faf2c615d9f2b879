import { z } from 'zod';
import { findEndlessAnswer } from '../chat/find-contradictions.ts';
import { findTemplateVariablesProblem } from '../chat/find-template-variables-problem.ts';
import { findUnsupportedContent, findUnsupportedPart } from '../chat/find-unsupported-content.ts';
import { isKnownChatParameter, type ParseOptions } from '../chat/parse-chat-completion-request.ts';
import {
  type OutputFormatNames,
  type RequestedFormat,
  readOutputFormat,
} from '../chat/read-output-format.ts';
import { type RequestedTools, readToolUse, type ToolNames } from '../chat/read-tool-use.ts';
import {
  isRequestProblem,
  problemsMax,
  quoteInput,
  type RequestProblem,
  toInvalidValue,
} from '../shared/error.ts';
import { findDifference } from '../shared/find-difference.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { toLeftOutToolProblem } from '../shared/left-out-tool.ts';
import { findLogitBiasProblem } from '../shared/logit-bias.ts';
import { findMetadataProblem } from '../shared/metadata.ts';
import { assertJsonObject, throwProblems, toStrictProblem } from '../shared/parse-fields.ts';
import { pickUnknownFields } from '../shared/pick-unknown-fields.ts';
import { findSeedProblem } from '../shared/seed.ts';
import { toRequestProblems } from '../shared/to-request-problems.ts';
import { findIgnoredResponseParameters } from './find-ignored-response-parameters.ts';
import { hostedItemSchema, isHostedItem } from './hosted-items.ts';
import { isHostedTool } from './hosted-tools.ts';
import { type CalledTools, type ResponseTools, readResponseTools } from './read-response-tools.ts';
import { itemSchemas, type RequestedItem } from './response-item.ts';
import {
  inputItemsMax,
  logprobsInclude,
  type ResponseRequest,
  responseRequestSchema,
} from './response-request.ts';
import { type ChatRequestFields, toChatRequestFields } from './to-chat-request.ts';
import {
  findUnsupportedResponseParameters,
  isUnsupportedResponseParameter,
} from './unsupported-response-parameters.ts';

export interface ParsedResponseRequest {
  readonly request: ResponseRequest;
  /** A text is the item that it stands for. */
  readonly items: readonly RequestedItem[];
  readonly chatFields: ChatRequestFields;
  /** The response that the request continues. */
  readonly previousResponseId: string | undefined;
  /** undefined: free text. */
  readonly requestedFormat: RequestedFormat | undefined;
  /** undefined: no tools. */
  readonly requestedTools: RequestedTools | undefined;
  /** The tools that may be called, by the name that the model knows. */
  readonly calledTools: CalledTools;
  /** Accepted fields that change nothing: at most 20 names of 64 characters, safe in a header. */
  readonly ignoredParameters: readonly string[];
  /** Fields that we don't know, for upstreams. */
  readonly unknownFields: JsonObject;
}

/** The schema without its items, which are parsed one by one so that ten bad ones end the work. */
const fieldsSchema = responseRequestSchema.extend({
  input: z.union([z.string(), z.array(z.unknown()).min(1).max(inputItemsMax)]),
});

/** @throws {RequestError} if the body is not a request that can be served completely */
export function parseResponseRequest(body: unknown, { strict }: ParseOptions): ParsedResponseRequest {
  assertJsonObject(body);
  const problems: RequestProblem[] = [];
  const fields = fieldsSchema.safeParse(body);
  if (fields.error) {
    problems.push(
      ...toRequestProblems(fields.error.issues, { schema: responseRequestSchema, input: body, at: '' }),
    );
  }
  const items = parseItems(body['input'], problems);
  const reading = fields.success ? readFields(fields.data, problems) : undefined;
  problems.push(...findUnsupportedResponseParameters(body));
  throwProblems(problems);
  // Only the compiler needs this line: every issue of zod has become a problem above.
  if (!fields.success || reading === undefined) throw fields.error;
  const ignoredParameters = findIgnoredResponseParameters(body);
  if (strict) {
    const hosted = findHostedTools(fields.data.tools ?? []);
    const named = new Set(hosted.map(({ param }) => param));
    const others = ignoredParameters.filter((name) => !named.has(name));
    throwProblems([...hosted, ...others.map(toStrictProblem)]);
  }
  const unknownFields = pickUnknownFields(body, isKnownParameter);
  return { request: { ...fields.data, input: items }, items, ...reading, ignoredParameters, unknownFields };
}

function isKnownParameter(name: string): boolean {
  const isOwn = Object.hasOwn(responseRequestSchema.shape, name) || isUnsupportedResponseParameter(name);
  return isOwn || isKnownChatParameter(name);
}

type Reading = Pick<
  ParsedResponseRequest,
  'chatFields' | 'previousResponseId' | 'requestedFormat' | 'requestedTools' | 'calledTools'
>;

const formatNames: OutputFormatNames = { format: 'text.format', namedSchema: 'text.format' };

function toToolNames(params: readonly string[]): ToolNames {
  return {
    toTool: (index) => params[index] ?? 'tools',
    chosenTool: 'tool_choice',
    toAllowedTool: (index) => `tool_choice.tools[${index}]`,
  };
}

/** The fields that chat parses too, with the names of this endpoint. */
function readFields(
  { input: _input, ...fields }: z.infer<typeof fieldsSchema>,
  problems: RequestProblem[],
): Reading {
  const responseTools = readResponseTools(fields);
  if (isRequestProblem(responseTools)) problems.push(responseTools);
  const { params, schemaParams, calledTools, ...chatTools } = isRequestProblem(responseTools)
    ? noTools
    : responseTools;
  const chatFields = toChatRequestFields(fields, chatTools);
  problems.push(...findContradictions(fields));
  const format = readOutputFormat(chatFields, formatNames);
  if (isRequestProblem(format)) problems.push(format);
  const tools = readToolUse(chatFields, toToolNames(params));
  if (isRequestProblem(tools)) problems.push(tools);
  const mayCall = tools !== undefined && !isRequestProblem(tools) && tools.toolUse.choice !== 'none';
  problems.push(...findEndlessAnswer(chatFields, mayCall || format !== undefined));
  return {
    chatFields,
    previousResponseId: fields.previous_response_id ?? undefined,
    requestedFormat: isRequestProblem(format) ? undefined : format,
    requestedTools: isRequestProblem(tools) ? undefined : tools && { ...tools, params: schemaParams },
    calledTools,
  };
}

const noTools: ResponseTools = {
  tools: undefined,
  toolChoice: undefined,
  params: [],
  schemaParams: [],
  calledTools: new Map(),
};

function findHostedTools(tools: readonly unknown[]): RequestProblem[] {
  return tools.flatMap((tool, index) =>
    isHostedTool(tool)
      ? [toLeftOutToolProblem(`tools[${index}]`, tool.type, 'Define it as a function.')]
      : [],
  );
}

/** Stops at `problemsMax`: what a bad body costs must not grow with its size. */
function parseItems(input: unknown, problems: RequestProblem[]): RequestedItem[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  const parsed: RequestedItem[] = [];
  if (!Array.isArray(input) || input.length > inputItemsMax) return parsed;
  for (const [index, item] of input.entries()) {
    if (problems.length >= problemsMax) return parsed;
    const at = `input[${index}]`;
    const problem = findUnsupportedItem(item, at);
    if (problem !== undefined) {
      problems.push(problem);
      continue;
    }
    const kind = toKind(item);
    const schema = isHostedItem(item) ? hostedItemSchema : itemSchemas[kind];
    // OpenAI lets the type of a reference be left out.
    const { error, data } = schema.safeParse(kind === 'item_reference' ? { ...item, type: kind } : item);
    if (error) problems.push(...toRequestProblems(error.issues, { schema, input: item, at }));
    else parsed.push(data);
  }
  return parsed;
}

/** Without a type it is a message, as OpenAI has it, or a reference where it has an id and nothing else. */
function toKind(item: unknown): keyof typeof itemSchemas {
  const type = isJsonObject(item) ? item['type'] : undefined;
  if (isJsonObject(item) && (type ?? null) === null && Object.keys(item).every(isOfReference)) {
    return 'id' in item ? 'item_reference' : 'message';
  }
  return typeof type === 'string' && Object.hasOwn(itemSchemas, type)
    ? (type as keyof typeof itemSchemas)
    : 'message';
}

function isOfReference(name: string): boolean {
  return name === 'id' || name === 'type';
}

function findUnsupportedItem(item: unknown, at: string): RequestProblem | undefined {
  if (!isJsonObject(item) || isHostedItem(item)) return undefined;
  const { type } = item as { readonly type?: unknown };
  if (typeof type === 'string' && !Object.hasOwn(itemSchemas, type)) {
    const supported = Object.keys(itemSchemas).map((kind) => `'${kind}'`);
    const message = `Unsupported value for '${at}.type': ${quoteInput(type)}. Supported values are: ${supported.join(', ')}.`;
    return { code: 'unsupported_value', param: `${at}.type`, message };
  }
  if (type === 'reasoning') return undefined;
  // Whether a model reads images is a matter of its deployment.
  const isUser = (message: unknown, part: unknown) =>
    isJsonObject(message) && message['role'] === 'user' && isImage(part);
  return (
    findUnsupportedContent(item, at, isUser) ?? findUnsupportedPart(item['output'], `${at}.output`, isImage)
  );
}

function isImage(part: unknown): boolean {
  return isJsonObject(part) && part['type'] === 'input_image';
}

function findContradictions(
  request: Pick<
    ResponseRequest,
    | 'stream'
    | 'stream_options'
    | 'top_logprobs'
    | 'include'
    | 'repeat_penalty'
    | 'repetition_penalty'
    | 'logit_bias'
    | 'metadata'
    | 'chat_template_kwargs'
    | 'seed'
  >,
): RequestProblem[] {
  const problems: RequestProblem[] = [];
  const invalid = (param: string, reason: string) => problems.push(toInvalidValue(param, reason));
  if ((request.stream_options ?? null) !== null && !request.stream) {
    invalid('stream_options', "it is only allowed when 'stream' is true.");
  }
  if (request.top_logprobs && !request.include?.includes(logprobsInclude)) {
    invalid('top_logprobs', `it is only allowed when 'include' has '${logprobsInclude}'.`);
  }
  problems.push(...findDifference(request, 'repeat_penalty', 'repetition_penalty', 'another name of'));
  const maps = [
    findLogitBiasProblem(request.logit_bias),
    findMetadataProblem(request.metadata),
    findSeedProblem(request.seed),
    findTemplateVariablesProblem(request.chat_template_kwargs),
  ];
  return [...problems, ...maps.flatMap((problem) => problem ?? [])];
}
