import type { ToolDefinition, ToolUse } from '../../../backend/tool.ts';
import type { Dialect } from './dialect.ts';

type ToolFields = Readonly<Record<string, unknown>>;

/**
 * The tools, and which of them must or may be called. What the dialect has no words for is approached, and the service
 * checks the calls: tools that may not be called are left out, and so is a choice that the upstream would ignore.
 */
export function toUpstreamTools(toolUse: ToolUse, dialect: Dialect, areArgumentsFree = false): ToolFields {
  // `callsMax` bounds a grammar, which no upstream takes.
  const { tools, choice, callableNames, isParallel, callsMax: _callsMax, ...unhandled } = toolUse;
  unhandled satisfies Record<string, never>;
  const { toolChoices } = dialect;
  if (choice === 'none' && !toolChoices.has('none')) return {};
  const isOneCall = choice === 'required' && callableNames.length === 1 && !isParallel;
  const isNamed = isOneCall && toolChoices.has('function');
  const isSubset = callableNames.length < tools.length;
  const showsAll = !isSubset || choice === 'none' || isNamed || toolChoices.has('allowed_tools');
  const shown = showsAll ? tools : tools.filter(({ name }) => callableNames.includes(name));
  const toolChoice = isNamed
    ? toNamedTool(callableNames[0] ?? '')
    : isSubset && showsAll && choice !== 'none'
      ? toAllowedTools(callableNames, choice)
      : toPlainChoice(choice, toolChoices);
  return {
    tools: shown.map((tool) => toWireTool(tool, dialect, !areArgumentsFree && holdsCalls(toolUse, dialect))),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
    ...toParallel(isParallel, isNamed, dialect),
  };
}

/** Tools are sent as strict that the client did not send so: otherwise the arguments of a forced call could be any JSON. */
export function addsStrict(toolUse: ToolUse, dialect: Dialect): boolean {
  return holdsCalls(toolUse, dialect) && toolUse.tools.some(({ isStrict }) => !isStrict);
}

function holdsCalls({ choice }: ToolUse, { holdsStrictCallsOnly }: Dialect): boolean {
  return holdsStrictCallsOnly && choice === 'required';
}

function toParallel(isParallel: boolean, isNamed: boolean, { parallelToolCalls }: Dialect): ToolFields {
  if (parallelToolCalls === 'told') return { parallel_tool_calls: isParallel };
  return isParallel || isNamed || !parallelToolCalls ? {} : { parallel_tool_calls: false };
}

function toPlainChoice(choice: ToolUse['choice'], known: Dialect['toolChoices']): string | undefined {
  return choice === 'auto' || !known.has(choice) ? undefined : choice;
}

function toNamedTool(name: string): ToolFields {
  return { type: 'function', function: { name } };
}

function toAllowedTools(names: readonly string[], mode: 'auto' | 'required'): ToolFields {
  return { type: 'allowed_tools', allowed_tools: { mode, tools: names.map(toNamedTool) } };
}

function toWireTool(tool: ToolDefinition, { bareTools }: Dialect, isHeld: boolean): ToolFields {
  const { name, description, parameters, isStrict, takesAnyArguments = false, ...rest } = tool;
  // A grammar, which no upstream takes.
  const { argumentsGrammars: _argumentsGrammars, ...unhandled } = rest;
  unhandled satisfies Record<string, never>;
  const implied = takesAnyArguments ? { type: 'object' } : { type: 'object', properties: {} };
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined && bareTools ? {} : { parameters: parameters ?? implied }),
      ...(isStrict || isHeld ? { strict: true } : {}),
    },
  };
}
