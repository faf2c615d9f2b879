// Tools of OpenAI's API that this server lacks: OpenAI runs them, or defines how they are called.
import { quoteInput, type RequestProblem } from '../shared/error.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';

export const hostedToolTypes = [
  'web_search',
  'web_search_2025_08_26',
  'web_search_preview',
  'web_search_preview_2025_03_11',
  'file_search',
  'code_interpreter',
  'image_generation',
  'mcp',
  'computer',
  'computer_use',
  'computer_use_preview',
  'local_shell',
  'shell',
  'apply_patch',
  'tool_search',
  'programmatic_tool_calling',
] as const;

export type HostedToolType = (typeof hostedToolTypes)[number];

const known: ReadonlySet<unknown> = new Set(hostedToolTypes);

export function isHostedToolType(type: unknown): type is HostedToolType {
  return known.has(type);
}

export function isHostedTool(tool: unknown): tool is JsonObject & { readonly type: HostedToolType } {
  return isJsonObject(tool) && isHostedToolType(tool['type']);
}

/** A call is forced that can't be made. */
export function toHostedChoiceProblem(type: HostedToolType, param: string): RequestProblem {
  return {
    code: 'unsupported_value',
    param,
    message: `Unsupported value for '${param}': this server does not have the tool ${quoteInput(type)}, so it can't be called.`,
  };
}
