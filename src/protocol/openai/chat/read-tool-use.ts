import type { ToolDefinition, ToolUse } from '../../../backend/tool.ts';
import { quoteInput, type RequestProblem, toInvalidValue } from '../shared/error.ts';
import type { JsonObject } from '../shared/json-object.ts';
import type { ChatCompletionRequest } from './chat-completion-request.ts';
import type { toolFields } from './tool-fields.ts';

/** The tools that were asked for, and where in the body they stand. */
export interface RequestedTools {
  readonly toolUse: ToolUse;
  /** For each tool where its schema stands, such as `tools[0].function.parameters`. */
  readonly params: readonly string[];
  /** Asked for with `functions`: the answer has `function_call` in place of `tool_calls`. */
  readonly isDeprecatedForm: boolean;
}

/**
 * An endpoint's names for the tool definitions and for the tool in a choice. `name` and `parameters` are
 * appended.
 */
export interface ToolNames {
  toTool(index: number): string;
  readonly chosenTool: string;
  toAllowedTool(index: number): string;
}

const chatNames: ToolNames = {
  toTool: (index) => `tools[${index}].function`,
  chosenTool: 'tool_choice.function',
  toAllowedTool: (index) => `tool_choice.allowed_tools.tools[${index}].function`,
};

/** undefined: there are no tools. */
export type ToolUseReading = RequestedTools | RequestProblem | undefined;

type ToolFields = Pick<ChatCompletionRequest, keyof typeof toolFields>;

/** One meaning for both of OpenAI's forms; a problem where they contradict themselves or each other. */
export function readToolUse(fields: ToolFields, names: ToolNames = chatNames): ToolUseReading {
  const tools = fields.tools ?? [];
  const functions = fields.functions ?? [];
  // An empty list says the same as none.
  const [hasTools, hasFunctions] = [tools.length > 0, functions.length > 0];
  if (hasTools && hasFunctions) {
    return toInvalidValue('functions', "it is the older form of 'tools'. Send one of them.");
  }
  const stray = findStrayField(fields, hasTools, hasFunctions);
  if (stray !== undefined) return stray;
  if (hasTools) return readTools(tools, fields, names);
  return hasFunctions ? readFunctions(functions, fields.function_call) : undefined;
}

/** Choices that are met where there are no tools: no call is made. */
const idleChoices: ReadonlySet<unknown> = new Set(['none', 'auto']);

/** Names of the fields that say something of tools that are not there, and change nothing. */
export function listIdleToolFields(body: JsonObject): string[] {
  const isThere = (list: unknown) => Array.isArray(list) && list.length > 0;
  if (isThere(body['tools']) || isThere(body['functions'])) return [];
  return ['tool_choice', 'function_call'].filter((name) => idleChoices.has(body[name]));
}

/**
 * Something is asked of tools that are not there, in OpenAI's sentence. What asks for no call is let through, and so is
 * `parallel_tool_calls`: many clients always send them, and without tools they change nothing.
 */
function findStrayField(
  fields: ToolFields,
  hasTools: boolean,
  hasFunctions: boolean,
): RequestProblem | undefined {
  const onlyWith = (name: 'tool_choice' | 'function_call' | 'parallel_tool_calls', list: string) =>
    toInvalidValue(name, `'${name}' is only allowed when '${list}' are specified.`);
  const isStray = (choice: unknown) =>
    (choice ?? null) !== null && (hasTools || hasFunctions || !idleChoices.has(choice));
  if (!hasTools && isStray(fields.tool_choice)) return onlyWith('tool_choice', 'tools');
  if (!hasFunctions && isStray(fields.function_call)) return onlyWith('function_call', 'functions');
  if (hasFunctions && fields.parallel_tool_calls === true) return onlyWith('parallel_tool_calls', 'tools');
  return undefined;
}

function readTools(
  tools: NonNullable<ToolFields['tools']>,
  fields: ToolFields,
  names: ToolNames,
): ToolUseReading {
  const definitions = tools.map(({ function: definition }) => toDefinition(definition));
  const repeated = findRepeatedName(definitions, (index) => `${names.toTool(index)}.name`);
  if (repeated !== undefined) return repeated;
  const choice = readToolChoice(fields.tool_choice, definitions, names);
  if ('code' in choice) return choice;
  const { isOneCall, ...chosen } = choice;
  return {
    toolUse: {
      tools: definitions,
      ...chosen,
      isParallel: !isOneCall && fields.parallel_tool_calls !== false,
    },
    params: tools.map((_, index) => `${names.toTool(index)}.parameters`),
    isDeprecatedForm: false,
  };
}

function readFunctions(
  functions: NonNullable<ToolFields['functions']>,
  functionCall: ToolFields['function_call'],
): ToolUseReading {
  const definitions = functions.map(toDefinition);
  const repeated = findRepeatedName(definitions, (index) => `functions[${index}].name`);
  if (repeated !== undefined) return repeated;
  const isNamed = typeof functionCall === 'object' && functionCall !== null;
  const choice = isNamed
    ? readNames([functionCall.name], 'required', definitions, () => 'function_call.name', 'functions')
    : toChoice(functionCall ?? 'auto', definitions);
  if ('code' in choice) return choice;
  return {
    toolUse: { tools: definitions, ...choice, isParallel: false },
    params: functions.map((_, index) => `functions[${index}].parameters`),
    isDeprecatedForm: true,
  };
}

type Choice = Pick<ToolUse, 'choice' | 'callableNames'>;

function readToolChoice(
  toolChoice: ToolFields['tool_choice'],
  tools: readonly ToolDefinition[],
  { chosenTool, toAllowedTool }: ToolNames,
): (Choice & { readonly isOneCall?: boolean }) | RequestProblem {
  if (typeof toolChoice !== 'object' || toolChoice === null) return toChoice(toolChoice ?? 'auto', tools);
  if (toolChoice.type === 'function') {
    const { name } = toolChoice.function;
    const named = readNames([name], 'required', tools, () => `${chosenTool}.name`, 'tools');
    return 'code' in named ? named : { ...named, isOneCall: true };
  }
  const { mode, tools: allowed } = toolChoice.allowed_tools;
  const names = allowed.map(({ function: { name } }) => name);
  return readNames(names, mode, tools, (index) => `${toAllowedTool(index)}.name`, 'tools');
}

function toChoice(choice: ToolUse['choice'], tools: readonly ToolDefinition[]): Choice {
  return { choice, callableNames: tools.map(({ name }) => name) };
}

function readNames(
  names: readonly string[],
  choice: ToolUse['choice'],
  tools: readonly ToolDefinition[],
  toParam: (index: number) => string,
  listName: string,
): Choice | RequestProblem {
  const known = new Set(tools.map(({ name }) => name));
  const unknown = names.findIndex((name) => !known.has(name));
  if (unknown >= 0) {
    return toInvalidValue(
      toParam(unknown),
      `${quoteInput(names[unknown] ?? '')} is not among the '${listName}'.`,
    );
  }
  return { choice, callableNames: [...new Set(names)] };
}

interface WireFunction {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly parameters?: unknown;
  readonly strict?: boolean | null | undefined;
}

function toDefinition({ name, description, parameters, strict }: WireFunction): ToolDefinition {
  return {
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
    isStrict: strict === true,
  };
}

function findRepeatedName(
  tools: readonly ToolDefinition[],
  toParam: (index: number) => string,
): RequestProblem | undefined {
  const seen = new Set<string>();
  for (const [index, { name }] of tools.entries()) {
    if (seen.has(name))
      return toInvalidValue(toParam(index), `another one is called ${quoteInput(name)} too.`);
    seen.add(name);
  }
  return undefined;
}
