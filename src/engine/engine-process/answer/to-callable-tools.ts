import type { ToolDefinition, ToolUse } from '../../../backend/tool.ts';
import { compileToolArguments } from '../../../grammar/compile-tool-arguments.ts';
import { toolArgumentBounds } from '../../../grammar/fit-argument-bounds.ts';
import type { WritingBounds } from '../../../grammar/gbnf/grammar-writer.ts';
import { compileJsonSchema } from '../../../grammar/json-schema/compile-json-schema.ts';
import { compileLimitsDefault } from '../../../grammar/json-schema/compile-run.ts';
import { listToolParameters } from '../../../grammar/tool-parameters/list-tool-parameters.ts';
import type { ToolParameter } from '../../../grammar/tool-parameters/tool-parameter.ts';
import type { CallableTool, ToolCallFormat } from '../tool-calls/tool-call-format.ts';

/** The tools that a request lets the model call. Throws `UnsupportedSchemaError` where their parameters can't be listed. */
export function toCallableTools(
  { usesParameters }: Pick<ToolCallFormat, 'usesParameters'>,
  { tools, callableNames, choice, callCharactersMax }: ToolUse,
): CallableTool[] {
  return tools
    .filter(({ name }) => callableNames.includes(name))
    .map(({ name, parameters, argumentsGrammar, argumentsStringCharactersMax }) => {
      const bounds = choice === 'required' ? toBounds(argumentsStringCharactersMax) : undefined;
      return {
        name,
        argumentsGrammar: argumentsGrammar ?? compileToolArguments(undefined, callCharactersMax).gbnf,
        parameters: usesParameters ? listParameters(parameters, bounds) : [],
        textCharactersMax: bounds?.stringCharactersMax,
      };
    });
}

function toBounds(stringCharactersMax = toolArgumentBounds.stringCharactersMax): WritingBounds {
  return { ...toolArgumentBounds, stringCharactersMax };
}

function listParameters(
  schema: ToolDefinition['parameters'],
  bounds: WritingBounds | undefined,
): readonly ToolParameter[] {
  const limits = { ...compileLimitsDefault, bounds };
  return listToolParameters(schema, (own) => compileJsonSchema(own, limits)).parameters;
}
