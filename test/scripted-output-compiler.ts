// The scripted backend's companion: a compiler behind the contract that knows no grammar, so that what stands above
// it can be tested for every answer that a compiler may give.
import type { OutputFormat } from '../src/backend/output-format.ts';
import type { CompiledOutput, OutputCompiler } from '../src/service/output-compiler.ts';
import { createUnsupportedSchemaError } from '../src/service/service-error.ts';

export interface ScriptedOutputCompiler extends OutputCompiler {
  readonly formats: readonly OutputFormat[];
  /** Texts that were checked, in order. */
  readonly checkedTexts: readonly string[];
}

/**
 * What a schema says in its own keywords: `x-unsupported` is the path that can't be enforced, `x-checked-afterwards`
 * are paths that only the check sees, `x-slow-check` makes the check last forever.
 */
export interface ScriptedSchema {
  readonly 'x-unsupported'?: string;
  readonly 'x-checked-afterwards'?: readonly string[];
  readonly 'x-slow-check'?: true;
}

/** Every format gets a grammar of its own kind, and an answer passes when it is JSON. */
export function createScriptedOutputCompiler(): ScriptedOutputCompiler {
  const formats: OutputFormat[] = [];
  const checkedTexts: string[] = [];
  return {
    formats,
    checkedTexts,
    async compile(format): Promise<CompiledOutput> {
      formats.push(format);
      const schema: ScriptedSchema = format.kind === 'json-schema' ? Object(format.schema) : {};
      const unsupported = schema['x-unsupported'];
      if (unsupported !== undefined) {
        throw createUnsupportedSchemaError(unsupported, `The keyword at '${unsupported}' can't be enforced.`);
      }
      if (format.kind === 'pattern' && format.pattern.includes('\\1')) {
        throw createUnsupportedSchemaError('', "The pattern can't be enforced: it has a backreference.");
      }
      return {
        grammar: `root ::= "${format.kind}"`,
        checkedAfterwards: schema['x-checked-afterwards'] ?? [],
        check: (text) => {
          checkedTexts.push(text);
          if (schema['x-slow-check'] === true) return new Promise(() => {});
          return Promise.resolve(isJson(text) ? [] : ['The answer is not JSON.']);
        },
      };
    },
    async close() {},
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
