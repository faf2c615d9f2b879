import { z } from 'zod';

export const anthropicErrorTypes = [
  'invalid_request_error',
  'authentication_error',
  'permission_error',
  'not_found_error',
  'conflict_error',
  'request_too_large',
  'rate_limit_error',
  'api_error',
  'timeout_error',
  'overloaded_error',
] as const;

export type AnthropicErrorType = (typeof anthropicErrorTypes)[number];

/** Of an `overloaded_error`. The other types come with the statuses of OpenAI's form. */
export const overloadedStatus = 529;

/** The body of every failure, and the last event of a stream that broke. */
export const anthropicErrorSchema = z
  .object({
    type: z.literal('error'),
    error: z.object({
      type: z.enum(anthropicErrorTypes),
      message: z.string().describe('The problem, in sentences for people.'),
      details: z
        .object({
          error_code: z.string().describe("The code in this server's other APIs."),
          param: z.string().optional().describe('Path of the invalid parameter.'),
        })
        .optional(),
    }),
    request_id: z.string().nullable(),
  })
  .meta({ id: 'AnthropicError' });

export type AnthropicErrorBody = z.infer<typeof anthropicErrorSchema>;

export interface AnthropicErrorParts {
  readonly type: AnthropicErrorType;
  readonly message: string;
  /** Null: the type is sufficient. */
  readonly code: string | null;
  readonly param: string | null;
  readonly requestId: string | null;
}

export function toAnthropicErrorBody(parts: AnthropicErrorParts): AnthropicErrorBody {
  const { type, code, param, requestId } = parts;
  const message = code === 'context_length_exceeded' ? toPromptTooLongMessage(parts.message) : parts.message;
  const details = code === null ? undefined : { error_code: code, ...(param === null ? {} : { param }) };
  return {
    type: 'error',
    error: { type, message, ...(details === undefined ? {} : { details }) },
    request_id: requestId,
  };
}

/** OpenAI's sentence, which this server uses, and vLLM's form of it. */
const overflow =
  /maximum context length is (\d+) tokens\. However, .{1,80}? (?:resulted in|contains(?: at least)?) (\d+) (?:input )?tokens/;

/** Anthropic's words, which its clients match on to compact the conversation and try again. */
function toPromptTooLongMessage(message: string): string {
  const [, maximum, tokens] = overflow.exec(message) ?? [];
  return tokens === undefined
    ? `prompt is too long: ${message}`
    : `prompt is too long: ${tokens} tokens > ${maximum} maximum`;
}
