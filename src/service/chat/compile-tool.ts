import type { ArgumentsGrammar, ArgumentsNotation, ToolDefinition } from '../../backend/tool.ts';
import { countGbnf } from '../../grammar/count-gbnf.ts';
import { grammarBytesMax } from '../../grammar/gbnf/grammar-limits.ts';
import { anyArguments } from '../../grammar/tool-parameters/to-arguments-schema.ts';
import { createUnsupportedSchemaError, ServiceError, toSchemaPath } from '../service-error.ts';
import type { OutputCompiler } from './output-compiler.ts';

/** UTF-16 code units of all grammars of one request's tools: a backend may have to put them together. */
export const toolGrammarsCharactersMax = grammarBytesMax;

/** The problems of the finished arguments of a call, one sentence each. Empty if they are valid. */
export type ArgumentsCheck = (argumentsText: string) => Promise<readonly string[]>;

export interface CompiledTool {
  /** At least one, for each of the notations that can hold the arguments. */
  readonly grammars: readonly ArgumentsGrammar[];
  /** Accepts any arguments, because its schema can't be enforced. */
  readonly takesAny: boolean;
  /** undefined: the arguments are not checked. */
  readonly check: ArgumentsCheck | undefined;
  /** Paths of keywords that neither a grammar nor a check holds. */
  readonly unenforced: readonly string[];
  /** Characters of the longest arguments; undefined: not known, or without an end. */
  readonly charactersMax: number | undefined;
}

export interface ToolCompilerOptions {
  readonly compiler: OutputCompiler;
  /** Of the backend's model, or all that it might have; at least one. */
  readonly notations: readonly ArgumentsNotation[];
  /** Characters of the arguments of a call that is forced; undefined: the model may call or not. */
  readonly callCharactersMax: number | undefined;
  /** Milliseconds in which all tools are compiled. */
  readonly compileMsMax: number;
}

/**
 * Compiles the arguments of one request's tools, one after the other, so that a request with many tools never has more
 * than one place in the compiler's queue. A notation that can't hold the arguments of a strict tool is left out, and
 * where none can, it is refused; any other tool then takes any object.
 */
export function createToolCompiler(
  options: ToolCompilerOptions,
): (tool: ToolDefinition) => Promise<CompiledTool> {
  const compileIn = createArgumentsCompiler(options);
  return async (tool) => {
    const found: CompiledIn[] = [];
    let refusal: ServiceError | undefined;
    for (const notation of options.notations) {
      try {
        found.push(await compileIn(tool, notation));
      } catch (error) {
        if (!isUnsupported(error)) throw error;
        refusal ??= error;
      }
    }
    const [first] = found;
    if (first === undefined) throw refusal;
    return {
      grammars: found.map(({ grammar }) => grammar),
      takesAny: first.takesAny,
      check: tool.isStrict ? first.check : undefined,
      unenforced: first.unenforced,
      charactersMax: toLongest(found.map(({ charactersMax }) => charactersMax)),
    };
  };
}

interface CompiledIn extends Omit<CompiledTool, 'grammars'> {
  readonly grammar: ArgumentsGrammar;
}

/** The same in one notation. */
function createArgumentsCompiler({
  compiler,
  notations,
  callCharactersMax,
  compileMsMax,
}: ToolCompilerOptions) {
  const endsAtMs = performance.now() + compileMsMax;
  const charactersLeft = new Map(notations.map((notation) => [notation, toolGrammarsCharactersMax]));
  const compileAny = async (
    notation: ArgumentsNotation,
    unenforced: readonly string[],
  ): Promise<CompiledIn> => {
    const any = { parameters: anyArguments, isStrict: false, notation, callCharactersMax };
    const { grammar, charactersMax } = await compiler.compileArguments(any);
    return { grammar, takesAny: true, check: undefined, unenforced, charactersMax };
  };
  const compile = async (tool: ToolDefinition, notation: ArgumentsNotation): Promise<CompiledIn> => {
    if (performance.now() > endsAtMs) {
      throw createUnsupportedSchemaError('', 'The tools together took too long to compile.');
    }
    const { parameters, isStrict } = tool;
    const compiled = await compiler.compileArguments({ parameters, isStrict, notation, callCharactersMax });
    const { grammar, check, checkedAfterwards, charactersMax } = compiled;
    const left = (charactersLeft.get(notation) ?? 0) - countGbnf(grammar);
    if (left < 0) {
      const limit = toolGrammarsCharactersMax;
      throw createUnsupportedSchemaError(
        '',
        `The grammars of the tools together are longer than ${limit} characters.`,
      );
    }
    charactersLeft.set(notation, left);
    const unenforced = isStrict ? [] : checkedAfterwards;
    return { grammar, takesAny: false, check: isStrict ? check : undefined, unenforced, charactersMax };
  };
  return async (tool: ToolDefinition, notation: ArgumentsNotation): Promise<CompiledIn> => {
    if (tool.takesAnyArguments === true) return compileAny(notation, []);
    try {
      return await compile(tool, notation);
    } catch (error) {
      if (tool.isStrict || !isUnsupported(error)) throw error;
      return compileAny(notation, [toSchemaPath(error)]);
    }
  };
}

function toLongest(lengths: readonly (number | undefined)[]): number | undefined {
  const longest = Math.max(...lengths.map((length) => length ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(longest) ? longest : undefined;
}

function isUnsupported(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === 'unsupported_schema';
}
