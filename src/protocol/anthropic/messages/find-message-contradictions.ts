import type { ToolUse } from '../../../backend/tool.ts';
import { quoteInput, type RequestProblem, toInvalidValue } from '../../openai/shared/error.ts';
import { findDifference } from '../../openai/shared/find-difference.ts';
import type { MessageRequest, MessageTool } from './message-request.ts';
import type { LeftOutTool } from './read-message-tools.ts';
import type { MessageConversation } from './to-message-conversation.ts';

/** A call is forced of a tool that the model does not see. */
export function findChoiceProblem(
  choice: MessageRequest['tool_choice'],
  tools: readonly MessageTool[],
  leftOut: readonly LeftOutTool[],
): RequestProblem | undefined {
  if (choice?.type === 'tool') {
    const tool = leftOut.find(({ name }) => name === choice.name);
    if (tool === undefined) return undefined;
    return toInvalidValue(
      'tool_choice.name',
      `this server does not have tools of the type ${quoteInput(tool.type)}.`,
    );
  }
  if (choice?.type !== 'any' || tools.length > 0) return undefined;
  return toInvalidValue('tool_choice', "a call is required, and none of the 'tools' can be called here.");
}

type Fields = Pick<
  MessageRequest,
  'output_config' | 'output_format' | 'repeat_penalty' | 'repetition_penalty'
>;

/** Fields that are valid alone but not together, and a last message that can't be continued. */
export function findContradictions(
  { output_config, output_format, ...penalties }: Fields,
  { messages, isContinued }: MessageConversation,
  toolUse: ToolUse | undefined,
): RequestProblem[] {
  const problems: RequestProblem[] = [];
  if (output_config?.format && output_format) {
    problems.push(
      toInvalidValue('output_format', "it is the older name of 'output_config.format'. Send one of them."),
    );
  }
  problems.push(...findDifference(penalties, 'repeat_penalty', 'repetition_penalty', 'another name of'));
  if (messages.length === 0) {
    problems.push(toInvalidValue('messages', 'there is nothing in them that the model could answer.'));
  }
  if (!isContinued) return problems;
  if ((messages.at(-1)?.toolCalls ?? []).length > 0) {
    problems.push(
      toInvalidValue('messages', 'the last message has `tool_use` blocks. Send their `tool_result` blocks.'),
    );
  } else if (toolUse?.choice === 'required') {
    problems.push(
      toInvalidValue('tool_choice', "a call is forced, and a call can't continue the last message."),
    );
  }
  return problems;
}
