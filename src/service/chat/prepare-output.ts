import type { JsonSchemaFormat, OutputFormat } from '../../backend/output-format.ts';
import { ServiceError, toSchemaPath } from '../service-error.ts';
import type { CompiledOutput, OutputCompiler } from './output-compiler.ts';
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

/** What the backend makes of a format. */
export interface OutputOptions {
  /** Characters of a string without a bound; undefined: unlimited. */
  readonly stringCharactersMax: number | undefined;
  /** A grammar may not hold it, so that the finished answer is checked even if the schema is not strict. */
  readonly isAlwaysChecked: boolean;
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
  options: OutputOptions,
): Promise<PreparedOutput> {
  assertSchemaSize(format);
  if (format.kind === 'json-schema' && !format.strict) return prepareLooseOutput(compiler, format, options);
  const compiled = await compiler.compile(format, options.stringCharactersMax);
  return { grammar: compiled.grammar, check: (text) => compiled.check(text), unenforced: [] };
}

async function prepareLooseOutput(
  compiler: OutputCompiler,
  format: JsonSchemaFormat,
  { stringCharactersMax, isAlwaysChecked }: OutputOptions,
): Promise<PreparedOutput> {
  const toCheck = (compiled: CompiledOutput): PreparedOutput['check'] =>
    isAlwaysChecked ? (text) => compiled.check(text) : undefined;
  try {
    const compiled = await compiler.compile(format, stringCharactersMax);
    const unenforced = isAlwaysChecked ? [] : compiled.checkedAfterwards.map(toShownPath);
    return { grammar: compiled.grammar, check: toCheck(compiled), unenforced };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'unsupported_schema') throw error;
    const compiled = await compiler.compile(toAnyJson(format), stringCharactersMax);
    const unenforced = [toShownPath(toSchemaPath(error))];
    return { grammar: compiled.grammar, check: toCheck(compiled), unenforced };
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
