import { z } from 'zod';

/** The body of every failure. Both official SDKs read `body.error` and nothing else. */
export const errorBodySchema = z
  .object({
    error: z.object({
      message: z.string().describe('The problem, in sentences for people.'),
      type: z.string().describe('The kind of error: `invalid_request_error` or `server_error`.'),
      param: z
        .string()
        .nullable()
        .describe('Path of the invalid parameter, such as `messages[0].role`; null if there is none.'),
      code: z.string().nullable().describe('A code for programs; null if the status is sufficient.'),
    }),
  })
  .meta({ id: 'ErrorBody' });

export type ErrorBody = z.infer<typeof errorBodySchema>;

export interface ErrorBodyParts {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

export function toErrorBody({ message, type, param, code }: ErrorBodyParts): ErrorBody {
  return { error: { message, type, param, code } };
}

/** The error codes for request bodies. The names are OpenAI's, because agents match on them. */
export const requestErrorCodes = [
  'missing_required_parameter',
  'invalid_type',
  'invalid_value',
  'unsupported_value',
  'unsupported_parameter',
  'unsupported_content',
  'integer_above_max_value',
  'integer_below_min_value',
  'decimal_above_max_value',
  'decimal_below_min_value',
  'array_above_max_length',
  'array_below_min_length',
  'empty_array',
  'object_above_max_properties',
  'string_above_max_length',
  'string_below_min_length',
  'empty_string',
  'thread_unsupported_request',
] as const;

export type RequestErrorCode = (typeof requestErrorCodes)[number];

/** One thing that is wrong, in a sentence that quotes input only through `quoteInput`. */
export interface RequestProblem {
  readonly code: RequestErrorCode;
  readonly param: string | null;
  readonly message: string;
}

/** @param reason The end of a sentence, which may be followed by others. */
export function toInvalidValue(param: string, reason: string): RequestProblem {
  return { code: 'invalid_value', param, message: `Invalid value for '${param}': ${reason}` };
}

/** What reads a part of a request returns a problem in place of its result. */
export function isRequestProblem(reading: unknown): reading is RequestProblem {
  return typeof reading === 'object' && reading !== null && 'code' in reading;
}

/** Problems that one error names at most. */
export const problemsMax = 10;

/**
 * A request body that can't be served. The client must change it, so a retry never helps. `code` and `param`
 * belong to the first problem; the message names at most `problemsMax`.
 */
export class RequestError extends Error {
  readonly type = 'invalid_request_error';
  readonly code: RequestErrorCode;
  readonly param: string | null;

  constructor(problems: readonly [RequestProblem, ...RequestProblem[]]) {
    const named = problems.slice(0, problemsMax).map((problem) => problem.message);
    if (problems.length > problemsMax) named.push(`Only the first ${problemsMax} problems are named.`);
    super(named.join(' '));
    this.name = 'RequestError';
    this.code = problems[0].code;
    this.param = problems[0].param;
  }
}

/** Characters of input that one problem quotes at most: ten problems stay under 8 KB in any script. */
export const quotedCharactersMax = 100;

/** Input in single quotes, cut to `quotedCharactersMax`, without characters that break a line, a log or JSON. */
export function quoteInput(text: string): string {
  const cut = text.length > quotedCharactersMax ? `${text.slice(0, quotedCharactersMax - 1)}…` : text;
  return `'${cut.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD')}'`;
}
