import type { JsonSchemaFormat, OutputFormat } from '../../backend/output-format.ts';
import { ServiceError, toSchemaPath } from '../service-error.ts';
import type { OutputCompiler } from './output-compiler.ts';
import { assertSchemaSize } from './schema-size.ts';

/** How the form of an answer is brought about. */
export interface PreparedOutput {
  /** GBNF whose root rule is `root`. */
  readonly grammar: string;
  /** undefined: the answer goes out as it was made. */
  readonly check: ((text: string) => Promise<readonly string[]>) | undefined;
  /** Paths of the keywords that neither the grammar nor a check holds. */
  readonly unenforced: readonly string[];
}

/**
 * Compiles a format. Only a schema that is not strict is done as far as it goes: its grammar without the check, or,
 * where it can't be compiled, any JSON of its kind.
 *
 * @throws {ServiceError} `unsupported_schema`.
 */
export async function prepareOutput(
  compiler: OutputCompiler,
  format: OutputFormat,
  stringCharactersMax: number | undefined,
): Promise<PreparedOutput> {
  assertSchemaSize(format);
  if (format.kind === 'json-schema' && !format.strict) {
    return prepareLooseOutput(compiler, format, stringCharactersMax);
  }
  const compiled = await compiler.compile(format, stringCharactersMax);
  return { grammar: compiled.grammar, check: (text) => compiled.check(text), unenforced: [] };
}

async function prepareLooseOutput(
  compiler: OutputCompiler,
  format: JsonSchemaFormat,
  stringCharactersMax: number | undefined,
): Promise<PreparedOutput> {
  try {
    const { grammar, checkedAfterwards } = await compiler.compile(format, stringCharactersMax);
    return { grammar, check: undefined, unenforced: checkedAfterwards.map(toShownPath) };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'unsupported_schema') throw error;
    const { grammar } = await compiler.compile(toAnyJson(format), stringCharactersMax);
    return { grammar, check: undefined, unenforced: [toShownPath(toSchemaPath(error))] };
  }
}

/** The root's path is empty, which no list can show. */
function toShownPath(path: string): string {
  return path === '' ? 'schema' : path;
}

/** One JSON object where the schema plainly is one of objects, else any JSON value. */
function toAnyJson(format: JsonSchemaFormat): OutputFormat {
  const { schema } = format;
  const isOfObjects =
    typeof schema === 'object' &&
    schema !== null &&
    (('type' in schema && schema.type === 'object') || (!('type' in schema) && 'properties' in schema));
  return isOfObjects ? { kind: 'json-object' } : { ...format, schema: {} };
}
