import type { ToolDefinition, ToolUse } from '../../../backend/tool.ts';
import { compileToolArguments } from '../../../grammar/compile-tool-arguments.ts';
import { toolArgumentBounds } from '../../../grammar/fit-argument-bounds.ts';
import type { WritingBounds } from '../../../grammar/gbnf/grammar-writer.ts';
import { UnsupportedSchemaError } from '../../../grammar/gbnf/unsupported-schema-error.ts';
import { compileJsonSchema } from '../../../grammar/json-schema/compile-json-schema.ts';
import { type CompileLimits, compileLimitsDefault } from '../../../grammar/json-schema/compile-run.ts';
import { listToolParameters } from '../../../grammar/tool-parameters/list-tool-parameters.ts';
import type { ToolParameter } from '../../../grammar/tool-parameters/tool-parameter.ts';
import type { CallableTool, ToolCallFormat } from '../tool-calls/tool-call-format.ts';

/**
 * The tools that a request lets the model call. Throws `UnsupportedSchemaError` where the parameters of a strict one can't be
 * listed; any other then takes any parameters.
 */
export function toCallableTools(
  { usesParameters }: Pick<ToolCallFormat, 'usesParameters'>,
  { tools, callableNames, choice, callCharactersMax }: ToolUse,
): CallableTool[] {
  return tools
    .filter(({ name }) => callableNames.includes(name))
    .map((tool) => {
      const { name, argumentsGrammar, argumentsStringCharactersMax } = tool;
      const bounds = choice === 'required' ? toBounds(argumentsStringCharactersMax) : undefined;
      const parameters = usesParameters ? listParameters(tool, bounds) : [];
      return {
        name,
        argumentsGrammar: argumentsGrammar ?? compileToolArguments(undefined, callCharactersMax).gbnf,
        parameters: parameters ?? [],
        anyParameterGrammar: parameters ? undefined : compileJsonSchema(true, toLimits(bounds)).gbnf,
        textCharactersMax: bounds?.stringCharactersMax,
      };
    });
}

function toBounds(stringCharactersMax = toolArgumentBounds.stringCharactersMax): WritingBounds {
  return { ...toolArgumentBounds, stringCharactersMax };
}

function toLimits(bounds: WritingBounds | undefined): CompileLimits {
  return { ...compileLimitsDefault, bounds };
}

/** undefined: any. */
function listParameters(
  { parameters, isStrict, takesAnyArguments }: ToolDefinition,
  bounds: WritingBounds | undefined,
): readonly ToolParameter[] | undefined {
  if (takesAnyArguments === true) return undefined;
  try {
    return listToolParameters(parameters, (own) => compileJsonSchema(own, toLimits(bounds))).parameters;
  } catch (error) {
    if (isStrict || !(error instanceof UnsupportedSchemaError)) throw error;
    return undefined;
  }
}
