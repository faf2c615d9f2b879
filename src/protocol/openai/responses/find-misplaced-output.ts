import { quoteInput, RequestError } from '../shared/error.ts';
import type { InputItem } from './response-item.ts';

/**
 * A result must belong to an earlier call in this request or in the conversation that it continues.
 *
 * @throws {RequestError} for the first one that does not, in OpenAI's words
 */
export function assertOutputsFollowCalls(history: readonly InputItem[], items: readonly InputItem[]): void {
  const callIds = new Set<string>();
  for (const [index, item] of [...history, ...items].entries()) {
    if (!('call_id' in item)) continue;
    if (isCall(item)) callIds.add(item.call_id);
    else if (!callIds.has(item.call_id)) {
      const message = `No tool call found for function call output with call_id ${quoteInput(item.call_id)}.`;
      const param = `input[${index - history.length}].call_id`;
      throw new RequestError([{ code: 'invalid_value', param, message }]);
    }
  }
}

function isCall({ type }: InputItem): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}

/** @throws {RequestError} where there is nothing that a model could answer. */
export function assertHasMessages(messages: readonly unknown[]): void {
  if (messages.length > 0) return;
  const message = "Invalid value for 'input': it has nothing that the model could answer.";
  throw new RequestError([{ code: 'invalid_value', param: 'input', message }]);
}
