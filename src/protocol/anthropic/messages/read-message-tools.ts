import type { RequestProblem } from '../../openai/shared/error.ts';
import { isJsonObject } from '../../openai/shared/json-object.ts';
import { toLeftOutToolProblem } from '../../openai/shared/left-out-tool.ts';
import { toRequestProblems } from '../../openai/shared/to-request-problems.ts';
import { type MessageTool, messageToolSchema, messageToolsMax } from './message-request.ts';

export interface MessageTools {
  /** The tools of the client, which the model sees. */
  readonly tools: readonly MessageTool[];
  /** Where each of them stands in the body. */
  readonly params: readonly string[];
  /** The tools that Anthropic defines and that this server lacks. */
  readonly leftOut: readonly LeftOutTool[];
}

export interface LeftOutTool {
  readonly param: string;
  /** Such as `web_search_20250305`. */
  readonly type: string;
  readonly name: string | undefined;
}

/** The types of tools that Anthropic defines end in a date, except for these; those of a server that Anthropic asks have no names here. */
const definedType = /^(?:[a-z][a-z0-9_]{0,60}_\d{8}|mcp_toolset|tool_search_tool_(?:bm25|regex))$/;

/** The schema has bounded the list before; a bad tool becomes a problem. */
export function readMessageTools(list: unknown, problems: RequestProblem[]): MessageTools {
  const tools: MessageTool[] = [];
  const params: string[] = [];
  const leftOut: LeftOutTool[] = [];
  const items: readonly unknown[] = Array.isArray(list) ? list.slice(0, messageToolsMax) : [];
  for (const [index, item] of items.entries()) {
    const param = `tools[${index}]`;
    const type = isJsonObject(item) ? item['type'] : undefined;
    if (isJsonObject(item) && typeof type === 'string' && definedType.test(type)) {
      const name = typeof item['name'] === 'string' ? item['name'] : undefined;
      leftOut.push({ param, type, name });
      continue;
    }
    const { error, data } = messageToolSchema.safeParse(item);
    if (error === undefined) {
      tools.push(data);
      params.push(param);
    } else {
      problems.push(
        ...toRequestProblems(error.issues, { schema: messageToolSchema, input: item, at: param }),
      );
    }
  }
  return { tools, params, leftOut };
}

export function toLeftOutProblem({ param, type }: LeftOutTool): RequestProblem {
  return toLeftOutToolProblem(param, type, "Define it as a tool of your own, with an 'input_schema'.");
}
