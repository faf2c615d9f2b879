// A request of the Messages API as the chat request that asks for the same, without the conversation. What both share is
// then converted in one place, and a parameter that chat learns is one line here.
import type { ChatRequestFields } from '../../openai/responses/to-chat-request.ts';
import type { MessageRequest, MessageTool, messageEfforts } from './message-request.ts';

/** The fields of a request without its conversation; its tools are the ones that the model sees. */
export type MessageFields = Omit<MessageRequest, 'messages' | 'system' | 'tools'> & {
  readonly tools: readonly MessageTool[];
};

/** The form of an answer needs a name. Some chat templates show it to the model. */
const formatName = 'response';

export function toChatFields(fields: MessageFields): ChatRequestFields {
  const {
    max_tokens,
    stop_sequences,
    metadata,
    tools,
    tool_choice,
    thinking,
    output_config,
    output_format,
    // Read where the answer is written.
    service_tier: _serviceTier,
    cache_control: _cacheControl,
    ...shared
  } = fields;
  const format = output_config?.format ?? output_format;
  return {
    ...shared,
    max_completion_tokens: max_tokens,
    stop: stop_sequences,
    user: metadata?.user_id,
    ...toReasoningFields(thinking, output_config?.effort),
    response_format: format
      ? { type: 'json_schema', json_schema: { name: formatName, schema: format.schema, strict: true } }
      : undefined,
    tools: tools.length === 0 ? undefined : tools.map(toChatTool),
    ...toChoiceFields(tool_choice),
  };
}

function toReasoningFields(
  thinking: MessageFields['thinking'],
  effort: (typeof messageEfforts)[number] | null | undefined,
): Pick<ChatRequestFields, 'reasoning_effort' | 'reasoning_budget'> {
  if (thinking?.type === 'disabled') return { reasoning_effort: 'none' };
  return {
    reasoning_effort: effort ?? undefined,
    reasoning_budget: thinking?.type === 'enabled' ? thinking.budget_tokens : undefined,
  };
}

type ChatTool = NonNullable<ChatRequestFields['tools']>[number];

function toChatTool({ name, description, input_schema: parameters, strict }: MessageTool): ChatTool {
  return { type: 'function', function: { name, description, parameters, strict } };
}

function toChoiceFields(
  choice: MessageFields['tool_choice'],
): Pick<ChatRequestFields, 'tool_choice' | 'parallel_tool_calls'> {
  if (choice === undefined || choice === null) return {};
  if (choice.type === 'none') return { tool_choice: 'none' };
  return {
    tool_choice:
      choice.type === 'tool'
        ? { type: 'function', function: { name: choice.name } }
        : ({ auto: 'auto', any: 'required' } as const)[choice.type],
    parallel_tool_calls: choice.disable_parallel_tool_use !== true,
  };
}
