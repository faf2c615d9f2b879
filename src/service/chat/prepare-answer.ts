import type { GenerationRequest } from '../../backend/generation-request.ts';
import type { ArgumentsNotation, ToolUse } from '../../backend/tool.ts';
import { toAnswerStringCharactersMax } from '../../grammar/to-answer-bounds.ts';
import type { AnswerCheck } from './check-output.ts';
import type { OutputCompiler } from './output-compiler.ts';
import { type PreparedOutput, prepareOutput } from './prepare-output.ts';
import { type PreparedTools, prepareTools } from './prepare-tools.ts';

/** How an answer comes to be what was asked for: in a form, as calls of tools, or either of them. */
export interface PreparedAnswer {
  /** GBNF of the text, whose root rule is `root`. undefined: free text, or none because there will be calls alone. */
  readonly grammar: string | undefined;
  readonly toolUse: ToolUse | undefined;
  /** undefined: the answer goes out as it was made. */
  readonly check: AnswerCheck | undefined;
  /** Keywords that neither a grammar nor a check holds. */
  readonly unenforced: readonly UnenforcedKeyword[];
  /** A form was asked for, of the text or of a tool's arguments, so that attempts at it count. */
  readonly hasForm: boolean;
}

export interface UnenforcedKeyword {
  /** Path in the schema that was given; '' is its root. */
  readonly path: string;
  /** Whose parameters the schema is, from 0; undefined: it is that of the answer's form. */
  readonly toolIndex?: number;
}

/** undefined: not known. */
export interface AnswerRoom {
  /** `maxTokens` as the client wrote it: a default in its place is no word of how long a string may be. */
  readonly maxTokensAsked?: number | undefined;
  /** Tokens that prompt and answer may have together. */
  readonly contextLength?: number | undefined;
  /** How the model writes the arguments of calls. */
  readonly argumentsNotation?: ArgumentsNotation | undefined;
}

/**
 * Compiles what the request says of its answer; undefined where it says nothing.
 *
 * Where a call is forced there will be no text, and a format has nothing to hold. Where the model may choose, the
 * answer is either calls, or text in the format.
 *
 * @throws {ServiceError} `unsupported_schema`.
 */
export function prepareAnswer(
  compiler: OutputCompiler,
  request: GenerationRequest,
  room: AnswerRoom = {},
): Promise<PreparedAnswer> | undefined {
  return request.outputFormat === undefined && request.toolUse === undefined
    ? undefined
    : prepare(compiler, request, room);
}

async function prepare(
  compiler: OutputCompiler,
  { outputFormat, toolUse, maxTokens }: GenerationRequest,
  { maxTokensAsked, contextLength, argumentsNotation }: AnswerRoom,
): Promise<PreparedAnswer> {
  const hasText = outputFormat !== undefined && toolUse?.choice !== 'required';
  const stringCharactersMax = toAnswerStringCharactersMax(maxTokensAsked, contextLength);
  const output = hasText ? await prepareOutput(compiler, outputFormat, stringCharactersMax) : undefined;
  const tools =
    toolUse && (await prepareTools(compiler, toolUse, { maxTokens, contextLength, argumentsNotation }));
  return {
    grammar: output?.grammar,
    toolUse: tools?.toolUse,
    check: toAnswerCheck(output, tools),
    unenforced: [...(output?.unenforced ?? []).map((path) => ({ path })), ...(tools?.unenforced ?? [])],
    hasForm: output !== undefined || (tools?.checks.size ?? 0) > 0,
  };
}

function toAnswerCheck(
  output: PreparedOutput | undefined,
  tools: PreparedTools | undefined,
): AnswerCheck | undefined {
  const checkText = output?.check;
  const checks = tools?.checks ?? new Map();
  if (checkText === undefined && checks.size === 0) return undefined;
  return async ({ text, calls }) => {
    if (calls.length === 0) return checkText === undefined ? [] : checkText(text);
    for (const { name, argumentsText } of calls) {
      const problems: readonly string[] = (await checks.get(name)?.(argumentsText)) ?? [];
      if (problems.length > 0) return problems.map((problem) => `In a call of '${name}': ${problem}`);
    }
    return [];
  };
}
