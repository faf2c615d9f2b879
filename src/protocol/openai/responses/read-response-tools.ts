// The tools of a request and the choice among them in the form of chat. Tools that this server lacks are left out.
import type { ChatCompletionRequest } from '../chat/chat-completion-request.ts';
import { toolsMax } from '../chat/tool-fields.ts';
import { isRequestProblem, quoteInput, type RequestProblem, toInvalidValue } from '../shared/error.ts';
import { toFunctionTool } from './custom-tool.ts';
import { isHostedTool, toHostedChoiceProblem } from './hosted-tools.ts';
import type {
  AllowedTool,
  NamedTool,
  ResponseNamespaceTool,
  ResponseRequestTools,
  ResponseTool,
  ResponseToolChoice,
} from './response-tools.ts';
import { describeTools, toModelName } from './tool-namespace.ts';

type ChatTool = NonNullable<ChatCompletionRequest['tools']>[number];
type ChatToolChoice = ChatCompletionRequest['tool_choice'];

export interface ResponseTools {
  readonly tools: ChatTool[] | undefined;
  readonly toolChoice: ChatToolChoice;
  /** Where each of the tools stands in the body, such as `tools[3]`. */
  readonly params: readonly string[];
  /** Where the form of its arguments stands. */
  readonly schemaParams: readonly string[];
  readonly calledTools: CalledTools;
}

/** A tool as the client defined it. */
export interface CalledTool {
  readonly type: NamedTool['type'];
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** By the name that the model knows. */
export type CalledTools = ReadonlyMap<string, CalledTool>;

/** A tool that is not among them, of which a backend should not make a call, is a function. */
export function toCalledTool(tools: CalledTools, name: string): CalledTool {
  return tools.get(name) ?? { type: 'function', name };
}

interface CallableTool {
  readonly tool: ChatTool;
  readonly called: CalledTool;
  readonly param: string;
  readonly schemaParam: string;
}

/** A problem is a choice of a tool that is not there, or too many tools. */
export function readResponseTools({
  tools,
  tool_choice: choice,
}: ResponseRequestTools): ResponseTools | RequestProblem {
  const callable = (tools ?? []).flatMap((tool, index) => toCallableTools(tool, `tools[${index}]`));
  if (callable.length > toolsMax) return toTooManyProblem(callable.length);
  if ((tools ?? []).length === 0 && typeof choice === 'object' && choice !== null) {
    return toStrayProblem(choice);
  }
  const toolChoice = choice === undefined || choice === null ? undefined : toChatChoice(choice, callable);
  if (isRequestProblem(toolChoice)) return toolChoice;
  const hosted = (tools ?? []).find(isHostedTool);
  const isBare = callable.length === 0 && hosted !== undefined;
  if (isBare && toolChoice === 'required') return toHostedChoiceProblem(hosted.type, 'tool_choice');
  return {
    tools: tools && !isBare ? callable.map(({ tool }) => tool) : undefined,
    // Without tools there is no call, whatever else is chosen.
    toolChoice: isBare ? undefined : toolChoice,
    params: callable.map(({ param }) => param),
    schemaParams: callable.map(({ schemaParam }) => schemaParam),
    calledTools: new Map(callable.map(({ tool, called }) => [tool.function.name, called])),
  };
}

function toCallableTools(tool: ResponseTool, param: string): CallableTool[] {
  if (isHostedTool(tool)) return [];
  if (tool.type !== 'namespace') return [toCallableTool(tool, param, undefined)];
  return describeTools(tool).map((one, index) => toCallableTool(one, `${param}.tools[${index}]`, tool.name));
}

type OwnTool = ResponseNamespaceTool['tools'][number];

function toCallableTool(tool: OwnTool, param: string, namespace: string | undefined): CallableTool {
  const { type, ...definition } = tool.type === 'custom' ? toFunctionTool(tool) : tool;
  const called = { type: tool.type, name: tool.name, namespace };
  return {
    tool: { type, function: { ...definition, name: toModelName(called) } },
    called,
    param,
    schemaParam: `${param}.${tool.type === 'custom' ? 'format' : 'parameters'}`,
  };
}

function toTooManyProblem(count: number): RequestProblem {
  const message = `Invalid 'tools': array too long. Expected at most ${toolsMax} tools, those in namespaces included, but got ${count}.`;
  return { code: 'array_above_max_length', param: 'tools', message };
}

function toChatChoice(
  choice: ResponseToolChoice,
  callable: readonly CallableTool[],
): ChatToolChoice | RequestProblem {
  if (typeof choice === 'string') return choice;
  if (isNamed(choice)) return toNamed(choice, callable, 'tool_choice');
  if (choice.type !== 'allowed_tools') return toHostedChoiceProblem(choice.type, 'tool_choice');
  const { type, mode, tools: allowed } = choice;
  const named = allowed.flatMap((tool, index) =>
    isNamed(tool) ? [toNamed(tool, callable, `tool_choice.tools[${index}]`)] : [],
  );
  const problem = named.find(isRequestProblem);
  if (problem !== undefined) return problem;
  const tools = named.filter((one) => !isRequestProblem(one));
  if (tools.length > 0) return { type, allowed_tools: { mode, tools } };
  const hosted = allowed.find(isHostedTool);
  return mode === 'required' && hosted !== undefined
    ? toHostedChoiceProblem(hosted.type, 'tool_choice.tools')
    : 'none';
}

/** A tool is chosen where the request has none. */
function toStrayProblem(choice: Exclude<ResponseToolChoice, string>): RequestProblem {
  if (isHostedTool(choice)) return toHostedChoiceProblem(choice.type, 'tool_choice');
  return toInvalidValue('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
}

function isNamed(tool: AllowedTool | Exclude<ResponseToolChoice, string>): tool is NamedTool {
  return tool.type === 'function' || tool.type === 'custom';
}

function toNamed(choice: NamedTool, callable: readonly CallableTool[], param: string) {
  const found = findChosen(choice, callable);
  if (found !== undefined) return { type: 'function' as const, function: { name: found.tool.function.name } };
  const message = `Invalid value for '${param}.name': ${quoteInput(choice.name)} is not among the 'tools'.`;
  return { code: 'invalid_value', param: `${param}.name`, message } as const satisfies RequestProblem;
}

/** OpenAI's choices have no namespace, so the only tool of a name is found in any. */
function findChosen(
  { type, name, namespace }: NamedTool,
  callable: readonly CallableTool[],
): CallableTool | undefined {
  const ofName = callable.filter(({ called }) => called.type === type && called.name === name);
  const exact = ofName.find(({ called }) => called.namespace === (namespace ?? undefined));
  return exact ?? ((namespace ?? null) === null && ofName.length === 1 ? ofName[0] : undefined);
}
