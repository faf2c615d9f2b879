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
  insufficient_permissions: 'The key may not do this, such as managing models.',
  unknown_url: 'There is nothing at this address.',
  method_not_allowed: 'The address takes another method; the header `allow` names it.',
  model_not_found: 'No model has this name.',
  response_not_found: 'No stored answer of this key has this id.',
  too_many_dimensions: "The model's vectors are shorter.",
  alias_removal: 'An alias can not be removed.',
  pull_refused: 'What was to be pulled can not be asked for this way.',
  pull_failed: 'The model could not be fetched, or can not be served.',
  unsupported_capability:
    'The deployment that serves the model can not do what was asked for; the message names both.',
  unsupported_schema: 'The schema can not be enforced, or costs too much; `param` is its place.',
  context_length_exceeded: "The prompt is longer than the model's context.",
  unsupported_messages: "The model's chat template has no form for these messages.",
  unsupported_grammar: 'The grammar does not parse, costs too much, or no text of this model matches it.',
  unsupported_model: 'The model is of another kind: it generates text, or it makes embeddings.',
  unsupported_suffix: 'The model was not trained to fill in text before a suffix.',
  unknown_prompt_token: "The model's vocabulary has no such token, in `prompt`.",
  unknown_token: "The model's vocabulary has no such token, in `logit_bias`.",
  unknown_stop_token: "The model's vocabulary has no such token, in `stop_token_ids`.",
  unsupported_reasoning: 'The model does not think, and was asked to.',
  unsupported_template_variable: "The model's chat template has no such variable.",
  overloaded: 'The queue is full, the request waited too long, or the server is stopping.',
  model_loading: 'The model is still loading.',
  engine_crashed: 'The engine crashed while it worked on the request; it starts again by itself.',
  insufficient_memory: 'The model does not fit into the memory that is free.',
  model_unavailable: "The model's files are missing or damaged.",
  invalid_structured_output: 'No answer had the form that was asked for.',
  store_unavailable: 'The database of keys and stored answers can not be reached, or is locked or full.',
  timeout: 'The request took longer than `requestMsMax`.',
  server_error: 'An error in this server. The log has the request id.',
};

const requestErrorMeanings: Readonly<Record<RequestErrorCode, string>> = {
  missing_required_parameter: 'A required field is absent.',
  invalid_type: 'A field has another type.',
  invalid_value: 'A field has a value of the right type that means nothing here.',
  unsupported_value: 'A field has a value that this server knows and can not honour.',
  unsupported_parameter: 'A field that this server knows and can not honour.',
  unsupported_content: 'A part of a message, such as a picture, that the model can not read.',
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
};

interface ErrorRow {
  readonly code: string | null;
  readonly reply: ErrorReply;
  readonly meaning: string;
}

const head = `# Errors

Every failure has the right status and the body \`{"error": {"message", "type", "param", "code"}}\`. \`message\` is a
sentence for people, and its wording may change; \`code\` does not. \`param\` is the field at fault, or \`null\`.
A stream that fails after it has begun ends with one event that holds such a body.

Where a retry can not help, the answer has \`x-should-retry: false\`, which OpenAI's packages obey. With 503
\`retry-after\` says after how many seconds a retry may help.

<!-- Made by \`npm run docs:api\` from src/http/error-table.ts and src/protocol/openai/shared/error.ts. -->

`;

/** The text of docs/api/errors.md: each code that a client may see, once for each status. */
export function toErrorPage(): string {
  const rows = listRows().map(({ code, reply, meaning }) => [
    String(reply.status),
    toCode(String(code)),
    toCode(reply.type),
    reply.isRetryable ? 'yes' : 'no',
    meaning,
  ]);
  return `${head}${toMarkdownTable(['Status', 'Code', 'Type', 'Retry', 'When'], rows)}`;
}

function listRows(): readonly ErrorRow[] {
  const internal = (Object.keys(errorTable) as ErrorCode[]).map((code): ErrorRow => {
    const wireCode = wireCodes[code];
    return {
      code: wireCode === undefined ? code : wireCode,
      reply: errorTable[code],
      meaning: errorMeanings[code],
    };
  });
  const reply = { status: 400, type: 'invalid_request_error', isRetryable: false } as const;
  const ofRequests = requestErrorCodes.map((code) => ({ code, reply, meaning: requestErrorMeanings[code] }));
  const merged = new Map<string, ErrorRow>();
  for (const row of [...ofRequests, ...internal]) {
    const key = [row.reply.status, row.code, row.reply.type, row.reply.isRetryable].join();
    const earlier = merged.get(key);
    merged.set(key, {
      ...row,
      meaning: earlier === undefined ? row.meaning : `${earlier.meaning} ${row.meaning}`,
    });
  }
  return [...merged.values()].toSorted((first, second) => first.reply.status - second.reply.status);
}
