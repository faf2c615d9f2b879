import type { ToolDefinition, ToolUse } from '../../../backend/tool.ts';
import { compileToolArguments, toolArgumentBounds } from '../../../grammar/compile-tool-arguments.ts';
import { compileJsonSchema } from '../../../grammar/json-schema/compile-json-schema.ts';
import { compileLimitsDefault } from '../../../grammar/json-schema/compile-run.ts';
import { listToolParameters } from '../../../grammar/tool-parameters/list-tool-parameters.ts';
import type { ToolParameter } from '../../../grammar/tool-parameters/tool-parameter.ts';
import type { CallableTool, ToolCallFormat } from '../tool-calls/tool-call-format.ts';

/** The tools that a request lets the model call. Throws `UnsupportedSchemaError` where their parameters can't be listed. */
export function toCallableTools(
  { usesParameters }: Pick<ToolCallFormat, 'usesParameters'>,
  { tools, callableNames, choice }: ToolUse,
): CallableTool[] {
  return tools
    .filter(({ name }) => callableNames.includes(name))
    .map(({ name, parameters, argumentsGrammar }) => ({
      name,
      argumentsGrammar: argumentsGrammar ?? compileToolArguments(undefined).gbnf,
      parameters: usesParameters ? listParameters(parameters, choice === 'required') : [],
    }));
}

function listParameters(schema: ToolDefinition['parameters'], isForced: boolean): readonly ToolParameter[] {
  const limits = isForced ? { ...compileLimitsDefault, bounds: toolArgumentBounds } : compileLimitsDefault;
  return listToolParameters(schema, (own) => compileJsonSchema(own, limits)).parameters;
}
