import type { RequestProblem } from '../../openai/shared/error.ts';
import type { JsonObject } from '../../openai/shared/json-object.ts';

/**
 * Fields that make another request of a request: without them the answer would not be what was asked for. Any other field
 * that is not known is left out and named.
 */
export function findUnsupportedMessageParameters(body: JsonObject, isCount: boolean): RequestProblem[] {
  const problems: RequestProblem[] = [];
  if (isSet(body['thread'])) {
    problems.push({
      // Anthropic's code: its clients then send the whole conversation instead.
      code: 'thread_unsupported_request',
      param: 'thread',
      message:
        "Unsupported parameter: 'thread': this server does not hold conversations. Send all 'messages' with each request.",
    });
  }
  // Anthropic's count of tokens accepts it without an effect.
  if (isSet(body['compaction']) && !isCount) {
    problems.push({
      code: 'unsupported_parameter',
      param: 'compaction',
      message:
        "Unsupported parameter: 'compaction': this server does not summarize conversations. Ask the model for a summary in a message.",
    });
  }
  return problems;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
