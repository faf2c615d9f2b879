import { describeAnthropicError } from '../src/http/anthropic-failure.ts';
import { type ErrorCode, type ErrorReply, errorTable, wireCodes } from '../src/http/error-table.ts';
import type { RequestErrorCode } from '../src/protocol/openai/shared/error.ts';
import { requestErrorCodes } from '../src/protocol/openai/shared/error.ts';
import { toCode, toMarkdownTable } from './markdown-table.ts';

/** When each failure happens. The compiler asks for the sentence of a new one. */
const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  malformed_body: 'The body is not the JSON that its content type says.',
  unsupported_media_type: 'The content type is not `application/json`.',
  request_too_large: 'The body is larger than `bodyBytesMax`.',
  request_timeout: 'The request took longer than `bodyMsMax` to arrive.',
  header_too_large: 'The headers are too large.',
  invalid_api_key: 'The key is missing, unknown, revoked or expired.',
  insufficient_permissions: 'The key lacks the permission, for example to manage models.',
  unknown_url: 'There is no endpoint at this address.',
  method_not_allowed: 'The endpoint does not accept this method; the header `allow` lists the accepted ones.',
  key_not_found: 'No key has this id.',
  project_not_found: 'No project has this id.',
  invalid_key_field: 'A field of a key or a project has a value that is not allowed.',
  name_taken: 'Another project has this name.',
  too_many_keys: 'There are `keysMax` keys.',
  too_many_projects: 'There are `projectsMax` projects.',
  key_revoked: 'The key was revoked.',
  last_admin_key: 'Without this key, no key could manage the server.',
  project_in_use: 'The project has keys, or is the default project.',
  model_not_allowed: 'The key may only use other models.',
  model_not_found: 'No model has this name.',
  response_not_found: 'No stored answer of this key has this id.',
  idempotency_key_reused: 'Another request of this key came with the same `Idempotency-Key`.',
  idempotency_key_in_use:
    'The first request with the same `Idempotency-Key` took longer than `idempotencyWaitMsMax`.',
  report_refused: 'A report of usage has too many results, or is finer than the rows that are kept.',
  invalid_config: 'The configuration to reload has a problem; the old one stays.',
  too_many_dimensions: "The model's vectors are shorter.",
  alias_removal: "An alias can't be removed.",
  remote_model: "An upstream serves the model, so it can't be loaded, unloaded or removed here.",
  pull_refused: 'The name to pull is not allowed over the API.',
  pull_failed: "The model could not be downloaded, or this server can't run it.",
  unsupported_capability:
    'The deployment that serves the model does not support a part of the request; the message names both.',
  unsupported_image: 'The deployment that serves the model does not read images.',
  unsupported_schema: "The schema can't be enforced, or is too costly; `param` is its place.",
  context_length_exceeded: "The prompt is longer than the model's context.",
  unsupported_messages: "The model's chat template does not support these messages.",
  unsupported_grammar: 'The grammar is invalid or too costly, or no text of this model matches it.',
  unsupported_model: 'The model has the wrong type: it generates text, or it computes embeddings.',
  unsupported_suffix: 'The model was not trained to fill in text before a suffix.',
  unknown_prompt_token: "The model's vocabulary has no such token, in `prompt`.",
  unknown_token: "The model's vocabulary has no such token, in `logit_bias`.",
  unknown_stop_token: "The model's vocabulary has no such token, in `stop_token_ids`.",
  unsupported_reasoning: 'The request asks for reasoning, and the model does not reason.',
  unsupported_template_variable: "The model's chat template has no such variable.",
  overloaded: 'The queue is full, the request waited too long, or the server is stopping.',
  model_loading: 'The model is still loading.',
  engine_crashed: 'The engine crashed during the request; it restarts automatically.',
  insufficient_memory: 'The model does not fit into the free memory.',
  model_unavailable: "The model's files are missing or damaged.",
  rate_limit_exceeded:
    'A limit of the key or of its project is used up; `type` says of what: `requests` or `tokens`.',
  insufficient_quota: 'A budget of the key or of its project does not allow more.',
  invalid_structured_output: 'No valid answer in the requested format was generated.',
  store_unavailable: 'The database of keys and stored answers can not be reached, or is locked or full.',
  upstream_error:
    'The remote server that serves the model failed or broke its protocol, or refused the key or model name set for it.',
  rate_limited: 'A limit of the remote server that serves the model is used up.',
  invalid_request: 'The remote server that serves the model refused the request as invalid.',
  timeout:
    'The request took longer than `requestMsMax`, or the remote server that serves the model took too long.',
  server_error: 'An error in this server. The log has the request id.',
};

const requestErrorMeanings: Readonly<Record<RequestErrorCode, string>> = {
  missing_required_parameter: 'A required field is missing.',
  invalid_type: 'A field has the wrong type.',
  invalid_value: 'A field has the right type and an invalid value.',
  unsupported_value: 'This server knows the value of a field but does not support it.',
  unsupported_parameter: 'This server knows the field but does not support it.',
  unsupported_content: "The model can't read a part of a message, such as an image.",
  integer_above_max_value: 'A whole number is too large.',
  integer_below_min_value: 'A whole number is too small.',
  decimal_above_max_value: 'A number is too large.',
  decimal_below_min_value: 'A number is too small.',
  array_above_max_length: 'A list is too long.',
  array_below_min_length: 'A list is too short.',
  empty_array: 'A list is empty.',
  object_above_max_properties: 'An object has too many members.',
  string_above_max_length: 'A text is too long.',
  string_below_min_length: 'A text is too short.',
  empty_string: 'A text is empty.',
  thread_unsupported_request:
    'A message is asked for in a `thread`, which this server does not hold. Send the whole conversation.',
};

interface ErrorRow {
  readonly code: string | null;
  readonly reply: ErrorReply;
  readonly meaning: string;
  /** Its type in the Messages API. */
  readonly anthropic: string;
}

const head = `# Errors

Every error has a fitting status and the body \`{"error": {"message", "type", "param", "code"}}\`. \`message\` is a
sentence for people; its wording may change, and \`code\` never does. \`param\` is the invalid field, or \`null\`. A stream
that fails after its start ends with an event that has such a body.

If a retry can't help, the answer has the header \`x-should-retry: false\`, which OpenAI's SDKs respect. With 503, the
header \`retry-after\` has the number of seconds until a retry may succeed.

The Messages API has the same errors in Anthropic's form: the body
\`{"type": "error", "error": {"type", "message", "details": {"error_code", "param"}}, "request_id"}\`. The last column has its
type, and its status where that differs.

<!-- Generated by \`npm run docs:api\` from src/http/error-table.ts and src/protocol/openai/shared/error.ts. -->

`;

/** The text of docs/api/errors.md: each code that a client may see, once for each status. */
export function toErrorPage(): string {
  const rows = listRows().map(({ code, reply, meaning, anthropic }) => [
    String(reply.status),
    toCode(String(code)),
    toCode(reply.type),
    reply.isRetryable ? 'yes' : 'no',
    meaning,
    anthropic,
  ]);
  return `${head}${toMarkdownTable(['Status', 'Code', 'Type', 'Retry', 'When', 'Messages API'], rows)}`;
}

function toAnthropicCell(code: ErrorCode): string {
  const { status, type } = describeAnthropicError(code);
  return status === errorTable[code].status ? toCode(type) : `${toCode(type)} (${status})`;
}

function listRows(): readonly ErrorRow[] {
  const internal = (Object.keys(errorTable) as ErrorCode[]).map((code): ErrorRow => {
    const wireCode = wireCodes[code];
    return {
      code: wireCode === undefined ? code : wireCode,
      reply: errorTable[code],
      meaning: errorMeanings[code],
      anthropic: toAnthropicCell(code),
    };
  });
  const reply = { status: 400, type: 'invalid_request_error', isRetryable: false } as const;
  const ofRequests = requestErrorCodes.map((code) => ({
    code,
    reply,
    meaning: requestErrorMeanings[code],
    anthropic: toCode('invalid_request_error'),
  }));
  const merged = new Map<string, ErrorRow>();
  for (const row of [...ofRequests, ...internal]) {
    const key = [row.reply.status, row.code, row.reply.type, row.reply.isRetryable, row.anthropic].join();
    const earlier = merged.get(key);
    merged.set(key, {
      ...row,
      meaning: earlier === undefined ? row.meaning : `${earlier.meaning} ${row.meaning}`,
    });
  }
  return [...merged.values()].toSorted((first, second) => first.reply.status - second.reply.status);
}
