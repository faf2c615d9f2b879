// The scripted backend's companion: a compiler behind the contract that knows no grammar, so that what stands above
// it can be tested for every answer that a compiler may give.
import type { OutputFormat } from '../src/backend/output-format.ts';
import { anyArguments } from '../src/grammar/tool-parameters/to-arguments-schema.ts';
import type {
  CompiledOutput,
  CompiledToolOutput,
  OutputCompiler,
  ToolForm,
} from '../src/service/chat/output-compiler.ts';
import { createUnsupportedSchemaError } from '../src/service/service-error.ts';

export interface ScriptedOutputCompiler extends OutputCompiler {
  readonly formats: readonly OutputFormat[];
  /** Of each format the characters that a string may have at most. */
  readonly stringBounds: readonly (number | undefined)[];
  /** Tools whose arguments were compiled, in order. */
  readonly tools: readonly ToolForm[];
  /** Texts that were checked, in order. */
  readonly checkedTexts: readonly string[];
}

/**
 * What a schema says in its own keywords: `x-unsupported` is the path that can't be enforced, `x-checked-afterwards`
 * are paths that only the check sees, `x-slow-check` makes the check last forever.
 */
export interface ScriptedSchema {
  readonly 'x-unsupported'?: string;
  /** So many characters of grammar. */
  readonly 'x-grammar-characters'?: number;
  readonly 'x-checked-afterwards'?: readonly string[];
  readonly 'x-slow-check'?: true;
}

/** Every format gets a grammar of its own kind, and an answer passes when it is JSON. */
export function createScriptedOutputCompiler(): ScriptedOutputCompiler {
  const formats: OutputFormat[] = [];
  const stringBounds: (number | undefined)[] = [];
  const tools: ToolForm[] = [];
  const checkedTexts: string[] = [];
  const compileSchema = (kind: string, given: unknown): CompiledOutput => {
    const schema: ScriptedSchema = Object(given);
    const unsupported = schema['x-unsupported'];
    if (unsupported !== undefined) {
      throw createUnsupportedSchemaError(unsupported, `The keyword at '${unsupported}' can't be enforced.`);
    }
    return {
      grammar: `root ::= "${kind}"`.padEnd(schema['x-grammar-characters'] ?? 0),
      checkedAfterwards: schema['x-checked-afterwards'] ?? [],
      check: (text) => {
        checkedTexts.push(text);
        if (schema['x-slow-check'] === true) return new Promise(() => {});
        return Promise.resolve(isJson(text) ? [] : ['The answer is not JSON.']);
      },
    };
  };
  return {
    formats,
    stringBounds,
    tools,
    checkedTexts,
    async compile(format, stringCharactersMax): Promise<CompiledOutput> {
      formats.push(format);
      stringBounds.push(stringCharactersMax);
      if (format.kind === 'pattern' && format.pattern.includes('\\1')) {
        throw createUnsupportedSchemaError('', "The pattern can't be enforced: it has a backreference.");
      }
      return compileSchema(format.kind, format.kind === 'json-schema' ? format.schema : {});
    },
    async compileArguments(tool): Promise<CompiledToolOutput> {
      tools.push(tool);
      const { grammar: gbnf, ...compiled } = compileSchema(toKind(tool), tool.parameters);
      const { notation } = tool;
      if (notation === 'json') return { ...compiled, grammar: { kind: 'object', notation, gbnf } };
      return { ...compiled, grammar: { kind: 'any-parameters', notation, parametersMax: 1, value: gbnf } };
    },
    async close() {},
  };
}

function toKind({ parameters }: ToolForm): string {
  if (parameters === anyArguments) return 'any-arguments';
  return parameters === undefined ? 'no-arguments' : 'arguments';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
