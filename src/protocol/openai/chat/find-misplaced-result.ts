import { quoteInput, type RequestProblem } from '../shared/error.ts';
import type { WireChatMessage } from './chat-message.ts';

/**
 * Finds the first result without an earlier call, and reports it in OpenAI's words, including the
 * misspelling. OpenAI also requires a result for every call. Gravix does not, like vLLM and llama-server.
 */
export function findMisplacedResult(messages: readonly WireChatMessage[]): RequestProblem | undefined {
  const callIds = new Set<string>();
  const functionNames = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message.role === 'assistant') {
      for (const { id } of message.tool_calls ?? []) callIds.add(id);
      if (message.function_call) functionNames.add(message.function_call.name);
    } else if (message.role === 'tool' && !callIds.has(message.tool_call_id)) {
      if (callIds.size === 0) return toStrayRole(`messages[${index}].role`, 'tool', 'tool_calls');
      const id = quoteInput(message.tool_call_id);
      return invalid(
        `messages[${index}].tool_call_id`,
        `'tool_call_id' of ${id} not found in 'tool_calls' of previous message.`,
      );
    } else if (message.role === 'function' && !functionNames.has(message.name)) {
      return toStrayRole(`messages[${index}].role`, 'function', 'function_call');
    }
  }
  return undefined;
}

function toStrayRole(param: string, role: string, field: string): RequestProblem {
  return invalid(
    param,
    `messages with role '${role}' must be a response to a preceeding message with '${field}'.`,
  );
}

function invalid(param: string, reason: string): RequestProblem {
  return { code: 'invalid_value', param, message: `Invalid parameter: ${reason}` };
}
