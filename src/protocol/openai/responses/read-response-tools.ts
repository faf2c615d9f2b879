// The tools of a request and the choice among them in the form of chat. Tools that this server lacks are left out.
import type { ChatCompletionRequest } from '../chat/chat-completion-request.ts';
import type { RequestProblem } from '../shared/error.ts';
import { type HostedToolType, isHostedTool, toHostedChoiceProblem } from './hosted-tools.ts';
import type {
  AllowedTool,
  ResponseRequestTools,
  ResponseTool,
  ResponseToolChoice,
} from './response-tools.ts';

export interface ResponseTools {
  readonly tools: NonNullable<ChatCompletionRequest['tools']> | undefined;
  readonly toolChoice: ChatCompletionRequest['tool_choice'];
  /** Where each of the tools stands in the body, such as `tools[3]`. */
  readonly params: readonly string[];
}

/** A problem is a call that is required and that no tool can answer. */
export function readResponseTools({
  tools,
  tool_choice: choice,
}: ResponseRequestTools): ResponseTools | RequestProblem {
  const callable = (tools ?? []).flatMap((tool, index) =>
    isHostedTool(tool) ? [] : [{ tool: toChatTool(tool), param: `tools[${index}]` }],
  );
  const hosted = (tools ?? []).find(isHostedTool);
  const toolChoice = choice === undefined || choice === null ? undefined : toChatChoice(choice);
  if (isProblem(toolChoice)) return toolChoice;
  if (callable.length === 0 && hosted !== undefined) {
    if (toolChoice === 'required') return toHostedChoiceProblem(hosted.type, 'tool_choice');
    // Any other choice is met without tools, unless it names one that is not there.
    const stray = typeof toolChoice === 'object' ? toolChoice : undefined;
    return { tools: undefined, toolChoice: stray, params: [] };
  }
  return {
    tools: tools ? callable.map(({ tool }) => tool) : undefined,
    toolChoice,
    params: callable.map(({ param }) => param),
  };
}

export function isProblem(reading: unknown): reading is RequestProblem {
  return typeof reading === 'object' && reading !== null && 'message' in reading;
}

function toChatTool({ type, ...definition }: Exclude<ResponseTool, { type: HostedToolType }>) {
  return { type, function: definition };
}

function toChatChoice(choice: ResponseToolChoice): ChatCompletionRequest['tool_choice'] | RequestProblem {
  if (typeof choice === 'string') return choice;
  if (choice.type === 'function') return toNamed(choice);
  if (choice.type !== 'allowed_tools') return toHostedChoiceProblem(choice.type, 'tool_choice');
  const { type, mode, tools: allowed } = choice;
  const tools = allowed.flatMap((tool) => (isNamed(tool) ? [toNamed(tool)] : []));
  if (tools.length > 0) return { type, allowed_tools: { mode, tools } };
  const hosted = allowed.find(isHostedTool);
  return mode === 'required' && hosted !== undefined
    ? toHostedChoiceProblem(hosted.type, 'tool_choice.tools')
    : 'none';
}

function isNamed(tool: AllowedTool): tool is Extract<AllowedTool, { type: 'function' }> {
  return tool.type === 'function';
}

function toNamed({ name }: { readonly name: string }) {
  return { type: 'function' as const, function: { name } };
}
