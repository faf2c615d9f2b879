// A request of the Responses API as the chat request that asks for the same. What both share is then converted in
// one place, and a parameter that chat learns is one line here.
import type { ChatCompletionRequest } from '../chat/chat-completion-request.ts';
import type { ResponseTools } from './read-response-tools.ts';
import { logprobsInclude, type ResponseRequest } from './response-request.ts';
import type { TextFormat } from './response-tools.ts';

export type ChatRequestFields = Omit<ChatCompletionRequest, 'messages'>;

/** Everything but the conversation. */
export function toChatRequestFields(
  request: Omit<ResponseRequest, 'input'>,
  { tools, toolChoice }: Pick<ResponseTools, 'tools' | 'toolChoice'>,
): ChatRequestFields {
  const {
    // The items that become part of the conversation.
    instructions: _instructions,
    previous_response_id: _previousResponseId,
    reasoning,
    // Hints.
    truncation: _truncation,
    max_tool_calls: _maxToolCalls,
    max_output_tokens,
    include,
    top_logprobs,
    text,
    tools: _tools,
    tool_choice: _toolChoice,
    ...shared
  } = request;
  const hasLogprobs = (include ?? []).includes(logprobsInclude);
  return {
    ...shared,
    max_completion_tokens: max_output_tokens,
    reasoning_effort: reasoning?.effort,
    verbosity: text?.verbosity,
    logprobs: hasLogprobs,
    top_logprobs: hasLogprobs ? top_logprobs : undefined,
    response_format: text?.format ? toResponseFormat(text.format) : undefined,
    tools,
    tool_choice: toolChoice,
  };
}

function toResponseFormat(format: TextFormat): ChatCompletionRequest['response_format'] {
  if (format.type !== 'json_schema') return format;
  const { type, ...schema } = format;
  return { type, json_schema: schema };
}
