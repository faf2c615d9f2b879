import type { ToolUse } from '../../../backend/tool.ts';
import { type RequestProblem, toInvalidValue } from '../shared/error.ts';
import type { ChatCompletionRequest } from './chat-completion-request.ts';
import type { WireChatMessage } from './chat-message.ts';

type Continuation = Pick<ChatCompletionRequest, 'continue_final_message' | 'messages'>;

/**
 * Whether the answer continues the last message: vLLM's parameter, or `prefix` as in DeepSeek's and Mistral's
 * API.
 */
export function isContinued({ continue_final_message: isWanted, messages }: Continuation): boolean {
  const last = messages.at(-1);
  return isWanted === true || (last?.role === 'assistant' && last.prefix === true);
}

/** The first thing that stands against going on with the last message, or with another one. */
export function findContinuationProblem(
  request: Continuation & Pick<ChatCompletionRequest, 'add_generation_prompt'>,
  toolUse: ToolUse | undefined,
): RequestProblem | undefined {
  const { messages, add_generation_prompt: beginsTurn } = request;
  const early = messages.findIndex(
    (message, index) =>
      message.role === 'assistant' && message.prefix === true && index < messages.length - 1,
  );
  if (early >= 0) {
    return toInvalidValue(`messages[${early}].prefix`, 'only the last message can be continued.');
  }
  const continues = isContinued(request);
  if (typeof beginsTurn === 'boolean' && beginsTurn === continues) {
    return toInvalidValue(
      'add_generation_prompt',
      continues
        ? 'an answer that continues the last message starts no new turn.'
        : "without a new turn, an answer must continue the last message. Send 'continue_final_message': true, or leave it out.",
    );
  }
  return continues ? findLastMessageProblem(messages, toolUse) : undefined;
}

function findLastMessageProblem(
  messages: readonly WireChatMessage[],
  toolUse: ToolUse | undefined,
): RequestProblem | undefined {
  const param = 'continue_final_message';
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return toInvalidValue(param, "the last message is not the assistant's.");
  if ((last.tool_calls ?? []).length > 0 || last.function_call) {
    return toInvalidValue(param, 'a message that made calls is finished.');
  }
  return toolUse?.choice === 'required'
    ? toInvalidValue(param, "a call is forced, and a call can't continue a text.")
    : undefined;
}
