import { BackendError } from '../../../backend/backend-error.ts';
import type { ToolUse } from '../../../backend/tool.ts';
import type { CallableTool, ToolCallFormat } from '../tool-calls/tool-call-format.ts';

/**
 * The tools that a request lets the model call. Throws a `BackendError` with `unsupported_grammar` where the arguments of
 * one can't be held in the notation of this model.
 */
export function toCallableTools(
  { notation }: Pick<ToolCallFormat, 'notation'>,
  { tools, callableNames }: Pick<ToolUse, 'tools' | 'callableNames'>,
): CallableTool[] {
  return tools
    .filter(({ name }) => callableNames.includes(name))
    .map(({ name, argumentsGrammars = [] }) => {
      const grammar = argumentsGrammars.find((one) => one.notation === notation);
      if (grammar === undefined) {
        throw new BackendError(
          'unsupported_grammar',
          `The parameters of the tool '${name}' can't be enforced in the way in which this model writes calls.`,
        );
      }
      return { name, grammar, parameters: grammar.kind === 'parameters' ? grammar.parameters : [] };
    });
}
