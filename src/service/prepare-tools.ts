import type { ToolDefinition, ToolUse } from '../backend/tool.ts';
import { grammarBytesMax } from '../grammar/grammar-limits.ts';
import { toCallCharactersMax } from '../grammar/to-call-characters-max.ts';
import type { CompiledOutput, OutputCompiler } from './output-compiler.ts';
import { measureSchema, schemaCharactersMax, schemaDepthMax } from './schema-size.ts';
import { createUnsupportedSchemaError, ServiceError } from './service-error.ts';

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
 * Compiles the arguments of every tool that may be called. Parameters that can't be compiled are refused where they
 * must hold: for a strict tool, and where a call is forced. Else the tool takes any object. What is forced is bounded, so
 * that it ends within its room.
 *
 * @throws {ServiceError} `unsupported_schema`, with the tool's index.
 */
export async function prepareTools(
  compiler: OutputCompiler,
  toolUse: ToolUse,
  room: CallRoom = {},
  compileMsMax = toolsCompileMsMax,
): Promise<PreparedTools> {
  assertToolsSize(toolUse.tools);
  if (toolUse.choice === 'none') return { toolUse, checks: new Map(), unenforced: [] };
  const isForced = toolUse.choice === 'required';
  const callCharactersMax = isForced ? toCallCharactersMax(room.maxTokens, room.contextLength) : undefined;
  const callable = new Set(toolUse.callableNames);
  const compileInTime = createToolCompiler(compiler, compileMsMax);
  const tools: ToolDefinition[] = [];
  const checks = new Map<string, ArgumentsCheck>();
  const unenforced: ToolKeyword[] = [];
  for (const [toolIndex, tool] of toolUse.tools.entries()) {
    if (!callable.has(tool.name)) {
      tools.push(tool);
      continue;
    }
    const { grammar, sizes, check, paths } = await compileInTime(tool, callCharactersMax).catch(
      (error: unknown) => {
        throw isUnsupported(error)
          ? new ServiceError(error.code, error.param, error.message, toolIndex)
          : error;
      },
    );
    tools.push({ ...tool, argumentsGrammar: grammar, ...sizes });
    if (check !== undefined) checks.set(tool.name, check);
    unenforced.push(...paths.map((path) => ({ toolIndex, path })));
  }
  return { toolUse: { ...toolUse, tools, callCharactersMax }, checks, unenforced };
}

interface CompiledTool {
  readonly grammar: string;
  readonly sizes: Pick<ToolDefinition, 'argumentsCharactersMax' | 'argumentsStringCharactersMax'>;
  readonly check: ArgumentsCheck | undefined;
  readonly paths: readonly string[];
}

/** One after the other, so that a request with many tools never has more than one place in the compiler's queue. */
function createToolCompiler(compiler: OutputCompiler, compileMsMax: number) {
  const endsAtMs = performance.now() + compileMsMax;
  let charactersLeft = toolGrammarsCharactersMax;
  const compile = async (tool: ToolDefinition, callCharactersMax?: number): Promise<CompiledTool> => {
    if (performance.now() > endsAtMs) {
      throw createUnsupportedSchemaError('', 'The tools took too long to compile, all together.');
    }
    const compiled = await compiler.compileArguments({ ...tool, callCharactersMax });
    const { grammar, check, checkedAfterwards } = compiled;
    if (grammar.length > charactersLeft) {
      const limit = toolGrammarsCharactersMax;
      throw createUnsupportedSchemaError(
        '',
        `The grammars of the tools are longer than ${limit} characters, all together.`,
      );
    }
    charactersLeft -= grammar.length;
    const sizes = toSizes(compiled);
    return tool.isStrict
      ? { grammar, sizes, check, paths: [] }
      : { grammar, sizes, check: undefined, paths: checkedAfterwards };
  };
  return async (tool: ToolDefinition, callCharactersMax?: number): Promise<CompiledTool> => {
    try {
      return await compile(tool, callCharactersMax);
    } catch (error) {
      if (callCharactersMax !== undefined || tool.isStrict || !isUnsupported(error)) throw error;
      const any = { parameters: undefined, isStrict: false, callCharactersMax };
      const compiled = await compiler.compileArguments(any);
      return {
        grammar: compiled.grammar,
        sizes: toSizes(compiled),
        check: undefined,
        paths: [error.param ?? ''],
      };
    }
  };
}

function toSizes({ charactersMax, stringCharactersMax }: CompiledOutput): CompiledTool['sizes'] {
  return { argumentsCharactersMax: charactersMax, argumentsStringCharactersMax: stringCharactersMax };
}

/** All of them: what is sent to another process is copied in the event loop, whether it may be called or not. */
function assertToolsSize(tools: readonly ToolDefinition[]): void {
  let charactersLeft = schemaCharactersMax;
  for (const [toolIndex, { parameters }] of tools.entries()) {
    if (parameters === undefined) continue;
    const characters = measureSchema(parameters, { charactersMax: charactersLeft, depthMax: schemaDepthMax });
    if (characters === undefined) {
      const limits = `${schemaCharactersMax} characters, all together, or ${schemaDepthMax} levels`;
      const message = `The parameters of the tools are too large: they have more than ${limits}.`;
      throw new ServiceError('unsupported_schema', '', message, toolIndex);
    }
    charactersLeft -= characters;
  }
}

function isUnsupported(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === 'unsupported_schema';
}
