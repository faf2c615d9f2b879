import { z } from 'zod';
import type { RequestedGeneration } from '../../../backend/requested-generation.ts';
import { type PlainTextInput, tokenizedBytesMax } from '../../../backend/tokenization.ts';
import { messagesMax } from '../chat/chat-completion-request.ts';
import { parseChatCompletionRequest } from '../chat/parse-chat-completion-request.ts';
import type { RequestedTools } from '../chat/read-tool-use.ts';
import { toGenerationRequest } from '../chat/to-generation-request.ts';
import { toolsMax } from '../chat/tool-fields.ts';
import { type RequestProblem, toInvalidValue } from '../shared/error.ts';
import { parseFields } from '../shared/parse-fields.ts';
import {
  detokenizeRequestSchema,
  tokenizeRequestSchema,
  unsupportedTokenizeParameters,
} from './tokenization.ts';

/** The parser of chat completions checks the conversation. It stops at ten problems. */
const fieldsSchema = tokenizeRequestSchema.extend({
  messages: z.array(z.unknown()).min(1).max(messagesMax).nullish(),
  tools: z.array(z.unknown()).max(toolsMax).nullish(),
});

type TokenizeFields = z.infer<typeof fieldsSchema>;

export interface ParsedTokenizeRequest {
  readonly model: string;
  readonly input: PlainTextInput | RequestedGeneration;
  /** The name that what is to tokenize came under. */
  readonly promptParam: 'prompt' | 'content' | 'messages';
  /** undefined: no tools. */
  readonly requestedTools: RequestedTools | undefined;
  readonly wantsTexts: boolean;
  readonly ignoredParameters: readonly string[];
}

/** @throws {RequestError} if the body is not a request that can be served completely */
export function parseTokenizeRequest(
  given: unknown,
  id: string,
  { strict }: { readonly strict: boolean },
): ParsedTokenizeRequest {
  const { fields, ignoredParameters } = parseFields(fieldsSchema, given, {
    strict,
    later: unsupportedTokenizeParameters,
    findProblems: (request) => [findFormProblem(request), findSizeProblem(request)],
  });
  const { model, messages, tools, return_token_strs: wantsTexts } = fields;
  const others = { model, wantsTexts: wantsTexts === true, ignoredParameters };
  if (!messages) {
    const promptParam = typeof fields.prompt === 'string' ? 'prompt' : 'content';
    return { ...others, input: toPlainText(fields), promptParam, requestedTools: undefined };
  }
  // The parser of chat completions knows valid conversations.
  const body = { model, messages, ...(tools ? { tools } : {}) };
  const { request, requestedTools } = parseChatCompletionRequest(body, { strict: false });
  const input = toGenerationRequest(request, id, undefined, requestedTools?.toolUse);
  return { ...others, input, promptParam: 'messages', requestedTools };
}

function toPlainText(request: TokenizeFields): PlainTextInput {
  const { prompt, content, add_special_tokens, add_special, parse_special } = request;
  return {
    kind: 'text',
    text: prompt ?? content ?? '',
    addsControlTokens: add_special_tokens ?? add_special ?? typeof prompt === 'string',
    readsControlTokens: parse_special ?? true,
  };
}

function findFormProblem({ prompt, content, messages, tools }: TokenizeFields): RequestProblem | undefined {
  const given = Object.entries({ prompt, content, messages }).filter(([, value]) => (value ?? null) !== null);
  const [first, second] = given;
  if (first === undefined) {
    const message = "Missing required parameter: 'prompt'. Send it, 'content' or 'messages'.";
    return { code: 'missing_required_parameter', param: 'prompt', message };
  }
  if (second !== undefined) {
    return toInvalidValue(second[0], `it says what to tokenize, as '${first[0]}' does. Send one of them.`);
  }
  return tools && !messages ? toInvalidValue('tools', "it is only allowed with 'messages'.") : undefined;
}

function findSizeProblem({ prompt, content }: TokenizeFields): RequestProblem | undefined {
  const param = typeof prompt === 'string' ? 'prompt' : 'content';
  const bytes = Buffer.byteLength(prompt ?? content ?? '');
  if (bytes <= tokenizedBytesMax) return undefined;
  return {
    code: 'string_above_max_length',
    param,
    message: `Invalid '${param}': string too long. Expected at most ${tokenizedBytesMax} bytes, but got ${bytes}.`,
  };
}

/** @throws {RequestError} if the body is not a request that can be served completely */
export function parseDetokenizeRequest(body: unknown, { strict }: { readonly strict: boolean }) {
  return parseFields(detokenizeRequestSchema, body, { strict });
}
