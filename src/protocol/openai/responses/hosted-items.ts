// Items of tools that this server lacks. A conversation that began at OpenAI has them, and goes on here without them.
import { z } from 'zod';
import { isJsonObject } from '../shared/json-object.ts';

export const hostedItemTypes = [
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'computer_call',
  'computer_call_output',
  'local_shell_call',
  'local_shell_call_output',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'tool_search_call',
  'tool_search_output',
  'mcp_list_tools',
  'mcp_call',
  'mcp_approval_request',
  'mcp_approval_response',
  'program',
  'program_output',
  'additional_tools',
] as const;

export const hostedItemSchema = z.object({ type: z.enum(hostedItemTypes), id: z.string().nullish() }).meta({
  id: 'ResponseInputHostedTool',
  'x-effect': 'none',
  description:
    'A call of a tool that OpenAI runs or defines, or its result. Left out: `x-ignored-params` lists the first one of each type.',
});

export type HostedItem = z.infer<typeof hostedItemSchema>;

const known: ReadonlySet<unknown> = new Set(hostedItemTypes);

export function isHostedItem(item: unknown): item is HostedItem {
  return isJsonObject(item) && known.has(item['type']);
}
