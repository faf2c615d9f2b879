import type { BackendCapabilities } from '../../backend/backend-capabilities.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';
import type { ArgumentsNotation, ToolUse } from '../../backend/tool.ts';
import { toAnswerStringCharactersMax } from '../../grammar/to-answer-bounds.ts';
import type { AnswerCheck } from './check-output.ts';
import { findCallProblem } from './find-call-problem.ts';
import type { OutputCompiler } from './output-compiler.ts';
import { type PreparedOutput, prepareOutput } from './prepare-output.ts';
import { type PreparedTools, prepareTools } from './prepare-tools.ts';

/** The preparation of an answer: a response format, tool calls, or both. */
export interface PreparedAnswer {
  /**
   * GBNF of the text, whose root rule is `root`. undefined: free text, or none because there will be calls alone, or
   * because the backend takes the form as it stands.
   */
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
  /** The index of the tool with this schema, from 0. Undefined: it is the response format. */
  readonly toolIndex?: number;
}

/** undefined: not known. */
export interface AnswerRoom {
  /** The client's `maxTokens`. A default does not say how long a string may be. */
  readonly maxTokensAsked?: number | undefined;
  /** Tokens that prompt and answer may have together. */
  readonly contextLength?: number | undefined;
  /** How the model writes the arguments of calls. */
  readonly argumentsNotation?: ArgumentsNotation | undefined;
  /** Of the backend. Default: it takes grammars. */
  readonly capabilities?: Pick<BackendCapabilities, 'grammar' | 'bendsForms'>;
}

/**
 * Compiles what the request says of its answer; undefined where it says nothing.
 *
 * Where a call is forced there will be no text, and a format has nothing to hold. Where the model may choose, the
 * answer is either calls, or text in the format. A backend that takes no grammar gets the forms as they stand, and what it
 * makes of them is checked like any other answer.
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
  request: GenerationRequest,
  { maxTokensAsked, contextLength, argumentsNotation, capabilities }: AnswerRoom,
): Promise<PreparedAnswer> {
  const isBent = capabilities?.bendsForms ?? false;
  if (capabilities?.grammar === false) return prepareChecks(compiler, request, isBent);
  const { outputFormat, toolUse, maxTokens } = request;
  const hasText = outputFormat !== undefined && toolUse?.choice !== 'required';
  const stringCharactersMax = toAnswerStringCharactersMax(maxTokensAsked, contextLength);
  const options = { stringCharactersMax, isAlwaysChecked: isBent };
  const output = hasText ? await prepareOutput(compiler, outputFormat, options) : undefined;
  const tools =
    toolUse && (await prepareTools(compiler, toolUse, { maxTokens, contextLength, argumentsNotation }));
  return {
    grammar: output?.grammar,
    toolUse: tools?.toolUse,
    check: toAnswerCheck(output, tools, isBent ? toolUse : undefined),
    unenforced: [...(output?.unenforced ?? []).map((path) => ({ path })), ...(tools?.unenforced ?? [])],
    hasForm: output !== undefined || (tools?.checks.size ?? 0) > 0,
  };
}

/** Only the checks are of use. A format is checked even if it is not strict, because nothing else holds it. */
async function prepareChecks(
  compiler: OutputCompiler,
  { outputFormat, toolUse }: GenerationRequest,
  isBent: boolean,
): Promise<PreparedAnswer> {
  const format = toolUse?.choice === 'required' ? undefined : outputFormat;
  const options = { stringCharactersMax: undefined, isAlwaysChecked: true };
  const output = format && (await prepareOutput(compiler, format, options));
  const tools = toolUse && (await prepareTools(compiler, onlyStrict(toolUse), { argumentsNotation: 'json' }));
  const check = toAnswerCheck(output, tools, isBent ? toolUse : undefined);
  const hasForm = format !== undefined || (tools?.checks.size ?? 0) > 0;
  const unenforced = (output?.unenforced ?? []).map((path) => ({ path }));
  return { grammar: undefined, toolUse, check, unenforced, hasForm };
}

/** Only calls of strict tools are checked, and only what is checked needs to be compiled. */
function onlyStrict(toolUse: ToolUse): ToolUse {
  const strictNames = new Set(toolUse.tools.filter(({ isStrict }) => isStrict).map(({ name }) => name));
  const callableNames = toolUse.callableNames.filter((name) => strictNames.has(name));
  return { ...toolUse, callableNames };
}

/** `asked`: tools of which the calls themselves are checked, too. */
function toAnswerCheck(
  output: PreparedOutput | undefined,
  tools: PreparedTools | undefined,
  asked: ToolUse | undefined,
): AnswerCheck | undefined {
  const checkText = output?.check;
  const checks = tools?.checks ?? new Map();
  if (checkText === undefined && checks.size === 0 && asked === undefined) return undefined;
  return async ({ text, calls }) => {
    const problem = asked && findCallProblem(asked, { text, calls });
    if (problem !== undefined) return [problem];
    if (calls.length === 0) return checkText === undefined ? [] : checkText(text);
    for (const { name, argumentsText } of calls) {
      const problems: readonly string[] = (await checks.get(name)?.(argumentsText)) ?? [];
      if (problems.length > 0) return problems.map((problem) => `In a call of '${name}': ${problem}`);
    }
    return [];
  };
}
