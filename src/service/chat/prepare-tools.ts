import type { PlacedText } from '../../backend/placed-text.ts';
import type { ToolDefinition, ToolUse } from '../../backend/tool.ts';
import { grammarBytesMax } from '../../grammar/gbnf/grammar-limits.ts';
import { toCallCharactersMax } from '../../grammar/to-call-characters-max.ts';
import { anyArguments } from '../../grammar/tool-parameters/to-arguments-schema.ts';
import { createUnsupportedSchemaError, ServiceError, toSchemaPath } from '../service-error.ts';
import type { CompiledOutput, OutputCompiler } from './output-compiler.ts';
import { measureSchema, schemaCharactersMax, schemaDepthMax } from './schema-size.ts';

/** Milliseconds in which all tools of one request are compiled, the waits for other requests' included. */
export const toolsCompileMsMax = 5_000;

/** UTF-16 code units of all grammars of one request's tools: a backend may have to put them together. */
export const toolGrammarsCharactersMax = grammarBytesMax;

/** What is wrong with the finished arguments of one tool's call, a sentence each; empty when they are valid. */
export type ArgumentsCheck = (argumentsText: string) => Promise<readonly string[]>;

/** What there is for an answer; undefined: not known. */
export interface CallRoom {
  /** Tokens that the client allows. */
  readonly maxTokens?: number | undefined;
  /** Tokens that prompt and answer may have together. */
  readonly contextLength?: number | undefined;
}

/** How the arguments of calls are brought about. */
export interface PreparedTools {
  /** With the grammars of the tools that may be called. */
  readonly toolUse: ToolUse;
  /** By name, for those whose arguments are checked. */
  readonly checks: ReadonlyMap<string, ArgumentsCheck>;
  /** Keywords that neither a grammar nor a check holds. */
  readonly unenforced: readonly ToolKeyword[];
}

export interface ToolKeyword {
  /** Which of the request's tools, from 0. */
  readonly toolIndex: number;
  /** Path of the keyword in the tool's parameters; '' is their root. */
  readonly path: string;
}

/**
 * Compiles the arguments of every tool that may be called. A strict tool whose parameters can't be compiled is refused.
 * Any other such tool takes any object, also where its call is forced, and none of the others suffers from it. What is
 * forced is bounded, so that it ends within its room.
 *
 * @throws {ServiceError} `unsupported_schema`, whose place is the tool's parameters.
 */
export async function prepareTools(
  compiler: OutputCompiler,
  toolUse: ToolUse,
  room: CallRoom = {},
  compileMsMax = toolsCompileMsMax,
): Promise<PreparedTools> {
  const sized = dropLargeParameters(toolUse.tools);
  if (toolUse.choice === 'none') {
    const shown = sized.dropped.length === 0 ? toolUse : { ...toolUse, tools: sized.tools };
    return { toolUse: shown, checks: new Map(), unenforced: sized.dropped };
  }
  const isForced = toolUse.choice === 'required';
  const callCharactersMax = isForced ? toCallCharactersMax(room.maxTokens, room.contextLength) : undefined;
  const callable = new Set(toolUse.callableNames);
  const compileInTime = createToolCompiler(compiler, compileMsMax);
  const tools: ToolDefinition[] = [];
  const checks = new Map<string, ArgumentsCheck>();
  const unenforced: ToolKeyword[] = [...sized.dropped];
  for (const [toolIndex, tool] of sized.tools.entries()) {
    if (!callable.has(tool.name)) {
      tools.push(tool);
      continue;
    }
    const { definition, check, paths } = await compileInTime(tool, callCharactersMax).catch(
      (error: unknown) => {
        throw isUnsupported(error)
          ? createUnsupportedToolError(toolIndex, toSchemaPath(error), error.sentence)
          : error;
      },
    );
    tools.push(definition);
    if (check !== undefined) checks.set(tool.name, check);
    unenforced.push(...paths.map((path) => ({ toolIndex, path })));
  }
  return { toolUse: { ...toolUse, tools, callCharactersMax }, checks, unenforced };
}

interface CompiledTool {
  readonly definition: ToolDefinition;
  readonly check: ArgumentsCheck | undefined;
  readonly paths: readonly string[];
}

/** One after the other, so that a request with many tools never has more than one place in the compiler's queue. */
function createToolCompiler(compiler: OutputCompiler, compileMsMax: number) {
  const endsAtMs = performance.now() + compileMsMax;
  let charactersLeft = toolGrammarsCharactersMax;
  const compileAny = async (tool: ToolDefinition, callCharactersMax?: number): Promise<ToolDefinition> => {
    const any = { parameters: anyArguments, isStrict: false, callCharactersMax };
    return toDefinition({ ...tool, takesAnyArguments: true }, await compiler.compileArguments(any));
  };
  const compile = async (tool: ToolDefinition, callCharactersMax?: number): Promise<CompiledTool> => {
    if (performance.now() > endsAtMs) {
      throw createUnsupportedSchemaError('', 'The tools together took too long to compile.');
    }
    const compiled = await compiler.compileArguments({ ...tool, callCharactersMax });
    const { grammar, check, checkedAfterwards } = compiled;
    if (grammar.length > charactersLeft) {
      const limit = toolGrammarsCharactersMax;
      throw createUnsupportedSchemaError(
        '',
        `The grammars of the tools together are longer than ${limit} characters.`,
      );
    }
    charactersLeft -= grammar.length;
    const definition = toDefinition(tool, compiled);
    return tool.isStrict
      ? { definition, check, paths: [] }
      : { definition, check: undefined, paths: checkedAfterwards };
  };
  return async (tool: ToolDefinition, callCharactersMax?: number): Promise<CompiledTool> => {
    if (tool.takesAnyArguments === true) {
      return { definition: await compileAny(tool, callCharactersMax), check: undefined, paths: [] };
    }
    try {
      return await compile(tool, callCharactersMax);
    } catch (error) {
      if (tool.isStrict || !isUnsupported(error)) throw error;
      const definition = await compileAny(tool, callCharactersMax);
      return { definition, check: undefined, paths: [toSchemaPath(error)] };
    }
  };
}

function toDefinition(tool: ToolDefinition, compiled: CompiledOutput): ToolDefinition {
  return {
    ...tool,
    argumentsGrammar: compiled.grammar,
    argumentsCharactersMax: compiled.charactersMax,
    argumentsStringCharactersMax: compiled.stringCharactersMax,
  };
}

interface SizedTools {
  readonly tools: readonly ToolDefinition[];
  /** Those whose parameters are too large to be copied; nothing holds them, and the model does not see them. */
  readonly dropped: readonly ToolKeyword[];
}

/** Of all tools: what is sent to another process is copied in the event loop, whether it may be called or not. */
function dropLargeParameters(tools: readonly ToolDefinition[]): SizedTools {
  let charactersLeft = schemaCharactersMax;
  const dropped: ToolKeyword[] = [];
  const kept = tools.map((tool, toolIndex) => {
    if (tool.parameters === undefined) return tool;
    const limits = { charactersMax: charactersLeft, depthMax: schemaDepthMax };
    const characters = measureSchema(tool.parameters, limits);
    if (characters !== undefined) {
      charactersLeft -= characters;
      return tool;
    }
    if (tool.isStrict) throw createTooLargeError(toolIndex);
    dropped.push({ toolIndex, path: '' });
    return { ...tool, parameters: undefined, takesAnyArguments: true };
  });
  return { tools: kept, dropped };
}

function createTooLargeError(toolIndex: number): ServiceError {
  const limits = `${schemaCharactersMax} characters in total or ${schemaDepthMax} levels`;
  const message = `The parameters of the tools are too large: they have more than ${limits}.`;
  return createUnsupportedToolError(toolIndex, '', message);
}

function createUnsupportedToolError(toolIndex: number, path: string, sentence: PlacedText): ServiceError {
  return new ServiceError('unsupported_schema', sentence, { kind: 'tool-parameters', toolIndex, path });
}

function isUnsupported(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === 'unsupported_schema';
}
