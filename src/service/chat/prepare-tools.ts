import type { PlacedText } from '../../backend/placed-text.ts';
import {
  type ArgumentsNotation,
  argumentsNotations,
  type ToolDefinition,
  type ToolUse,
} from '../../backend/tool.ts';
import { toCallCharactersMax } from '../../grammar/to-call-characters-max.ts';
import { ServiceError, toSchemaPath } from '../service-error.ts';
import { type ArgumentsCheck, type CompiledTool, createToolCompiler } from './compile-tool.ts';
import type { OutputCompiler } from './output-compiler.ts';
import { measureSchema, schemaCharactersMax, schemaDepthMax } from './schema-size.ts';
import { toForcedCallsMax } from './to-forced-calls-max.ts';

/** Milliseconds in which all tools of one request are compiled, the waits for other requests' included. */
export const toolsCompileMsMax = 5_000;

/** The tokens available for an answer. Undefined: unknown. */
export interface TokenBudget {
  /** Tokens that the client allows. */
  readonly maxTokens?: number | undefined;
  /** Tokens that prompt and answer may have together. */
  readonly contextLength?: number | undefined;
  /** How the model writes arguments; undefined: any of the ways that there are. */
  readonly argumentsNotation?: ArgumentsNotation | undefined;
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
 * Compiles the arguments of every allowed tool. A strict tool whose parameters can't be compiled is refused.
 * Any other such tool accepts any object, even if its call is forced, and does not affect the other tools.
 * Forced arguments are bounded, so that they fit.
 *
 * @throws {ServiceError} `unsupported_schema`, whose place is the tool's parameters
 */
export async function prepareTools(
  compiler: OutputCompiler,
  toolUse: ToolUse,
  room: TokenBudget = {},
  compileMsMax = toolsCompileMsMax,
): Promise<PreparedTools> {
  const sized = dropLargeParameters(toolUse.tools);
  if (toolUse.choice === 'none') {
    const shown = sized.dropped.length === 0 ? toolUse : { ...toolUse, tools: sized.tools };
    return { toolUse: shown, checks: new Map(), unenforced: sized.dropped };
  }
  const isForced = toolUse.choice === 'required';
  const { maxTokens, contextLength, argumentsNotation } = room;
  const callCharactersMax = isForced ? toCallCharactersMax(maxTokens, contextLength) : undefined;
  const callable = new Set(toolUse.callableNames);
  const notations = argumentsNotation === undefined ? argumentsNotations : [argumentsNotation];
  const compile = createToolCompiler({ compiler, notations, callCharactersMax, compileMsMax });
  const compiled = new Map<string, CompiledTool>();
  const unenforced: ToolKeyword[] = [...sized.dropped];
  for (const [toolIndex, tool] of sized.tools.entries()) {
    if (!callable.has(tool.name)) continue;
    const one = await compile(tool).catch((error: unknown) => {
      throw error instanceof ServiceError && error.code === 'unsupported_schema'
        ? createUnsupportedToolError(toolIndex, toSchemaPath(error), error.sentence)
        : error;
    });
    compiled.set(tool.name, one);
    unenforced.push(...one.unenforced.map((path) => ({ toolIndex, path })));
  }
  const lengths = [...compiled.values()].map(({ charactersMax }) => charactersMax);
  return {
    toolUse: {
      ...toolUse,
      tools: sized.tools.map((tool) => addGrammars(tool, compiled.get(tool.name))),
      callsMax: callCharactersMax && toForcedCallsMax(callCharactersMax, lengths),
    },
    checks: new Map(
      [...compiled].flatMap(([name, { check }]) => (check === undefined ? [] : [[name, check]])),
    ),
    unenforced,
  };
}

function addGrammars(tool: ToolDefinition, compiled: CompiledTool | undefined): ToolDefinition {
  if (compiled === undefined) return tool;
  const takesAnyArguments = compiled.takesAny ? { takesAnyArguments: true } : {};
  return { ...tool, ...takesAnyArguments, argumentsGrammars: compiled.grammars };
}

interface SizedTools {
  readonly tools: readonly ToolDefinition[];
  /** Those whose parameters are too large to be copied; nothing holds them, and the model does not see them. */
  readonly dropped: readonly ToolKeyword[];
}

/**
 * For all tools, whether allowed or not, because everything that is sent to another process is copied in the
 * event loop.
 */
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
