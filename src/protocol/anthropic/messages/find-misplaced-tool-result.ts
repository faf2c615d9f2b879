import { quoteInput, type RequestProblem } from '../../openai/shared/error.ts';
import type { MessageParam } from './content-block.ts';

/**
 * The first result without an earlier call. Anthropic's API also requires a result for each call; Gravix does not, as in
 * chat.
 */
export function findMisplacedToolResult(messages: readonly MessageParam[]): RequestProblem | undefined {
  const callIds = new Set<string>();
  for (const [index, { role, content }] of messages.entries()) {
    if (typeof content === 'string' || role === 'system') continue;
    for (const [place, block] of content.entries()) {
      if (block.type === 'tool_use') callIds.add(block.id);
      if (block.type !== 'tool_result' || callIds.has(block.tool_use_id)) continue;
      const param = `messages[${index}].content[${place}].tool_use_id`;
      return {
        code: 'invalid_value',
        param,
        message: `Invalid value for '${param}': unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${quoteInput(block.tool_use_id)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in an earlier message.`,
      };
    }
  }
  return undefined;
}
