// A compaction: the model writes a summary of a conversation, which then goes on from the summary. The request is that of a
// response which ends with the wish for a summary.
import { z } from 'zod';
import type { ParseOptions } from '../chat/parse-chat-completion-request.ts';
import { RequestError } from '../shared/error.ts';
import { assertJsonObject, throwProblems, toStrictProblem } from '../shared/parse-fields.ts';
import { type ParsedResponseRequest, parseResponseRequest } from './parse-response-request.ts';
import { type InputItem, isMessageItem } from './response-item.ts';
import { responseRequestSchema } from './response-request.ts';

/** The last message of the conversation. It asks for all that the model needs later, because it sees nothing else of it. */
const instruction = `Write a summary of this conversation. Its work goes on from the summary, and nothing else of it will be seen. Write down:
- what the user wants, in the user's words where they matter
- what was done and found out, with the names of files, commands and their results
- what was decided, and why
- what is still open, and the next step
Write only the summary.`;

const wish: InputItem = { type: 'message', role: 'user', content: instruction };

const { model, instructions, previous_response_id, prompt_cache_key, tools, reasoning } =
  responseRequestSchema.shape;

/** Body of `POST /responses/compact`. Fields of a response that a summary can have, too, are accepted. */
export const compactionRequestSchema = z
  .object({
    model,
    input: responseRequestSchema.shape.input
      .nullish()
      .describe('The conversation. Required without `previous_response_id`.'),
    instructions,
    previous_response_id,
    max_output_tokens: responseRequestSchema.shape.max_output_tokens.describe(
      'Maximum number of tokens of the summary, including reasoning. A summary that it cuts off says so. Absent: the rest of the context.',
    ),
    tools: tools.describe('The tools of the conversation. None is called.'),
    reasoning,
    prompt_cache_key,
  })
  .meta({ id: 'CompactionRequest' });

/** Of a response, and nothing to a summary. */
const idleFields = [
  'text',
  'include',
  'metadata',
  'store',
  'stream',
  'stream_options',
  'tool_choice',
  'background',
];

/** @throws {RequestError} if the body is not a conversation that can be summarized */
export function parseCompactionRequest(body: unknown, { strict }: ParseOptions): ParsedResponseRequest {
  assertJsonObject(body);
  const idle = idleFields.filter((name) => (body[name] ?? null) !== null);
  if (strict) throwProblems(idle.map(toStrictProblem));
  const kept = Object.fromEntries(Object.entries(body).filter(([name]) => !idleFields.includes(name)));
  const { input = null, previous_response_id: previous = null, tools: given } = body;
  if (input === null && previous === null) {
    const message = "Missing required parameter: 'input'. Send it, or 'previous_response_id'.";
    throw new RequestError([{ code: 'missing_required_parameter', param: 'input', message }]);
  }
  const choice = Array.isArray(given) && given.length > 0 ? { tool_choice: 'none' } : {};
  const parsed = parseResponseRequest({ ...kept, ...choice, input: input ?? [wish] }, { strict });
  return {
    ...parsed,
    items: input === null ? parsed.items : [...parsed.items, wish],
    ignoredParameters: [...idle, ...parsed.ignoredParameters],
  };
}

/** Whether this is the message that ends the conversation of a compaction. */
export function isWish(item: InputItem): boolean {
  return isMessageItem(item) && item.content === instruction;
}
