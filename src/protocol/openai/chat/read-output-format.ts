import type { OutputFormat } from '../../../backend/output-format.ts';
import { parseJson as parseExactJson } from '../../../json/parse-json.ts';
import { isRequestProblem, quoteInput, type RequestProblem, toInvalidValue } from '../shared/error.ts';
import { isJsonObject } from '../shared/json-object.ts';
import { describeType } from '../shared/to-request-problems.ts';
import type { ChatCompletionRequest } from './chat-completion-request.ts';
import type { outputFields, ResponseFormat } from './response-format.ts';

/** The form that was asked for, and where in the body its schema, pattern or grammar stands. */
export interface RequestedFormat {
  readonly format: OutputFormat;
  /** Such as `response_format.json_schema.schema`: what a compiler says of a path goes behind it. */
  readonly param: string;
}

/** undefined: free text. */
export type OutputFormatReading = RequestedFormat | RequestProblem | undefined;

type OutputFields = Pick<ChatCompletionRequest, keyof typeof outputFields>;

/** Where an endpoint has OpenAI's own form of asking; the other names are the same at every endpoint. */
export interface OutputFormatNames {
  readonly format: string;
  /** The named schema, and the schema itself in `schema`. */
  readonly namedSchema: string;
}

const chatNames: OutputFormatNames = {
  format: 'response_format',
  namedSchema: 'response_format.json_schema',
};

/** Formats that come without a name get this one. */
const nameDefault = 'response';

/** One form for all the names that different servers have for it; a problem where there are two, or half a one. */
export function readOutputFormat(
  fields: OutputFields,
  names: OutputFormatNames = chatNames,
): OutputFormatReading {
  const { response_format, structured_outputs, json_schema, grammar, ...guided } = fields;
  return readOnly([
    ...(response_format ? [readResponseFormat(response_format, names)] : []),
    ...(structured_outputs ? [readStructuredOutputs(structured_outputs)] : []),
    readSchema('guided_json', guided.guided_json),
    readPattern('guided_regex', guided.guided_regex),
    readChoices('guided_choice', guided.guided_choice),
    readGrammar('guided_grammar', guided.guided_grammar),
    readSchema('json_schema', json_schema),
    readPattern('regex', guided.regex),
    readGrammar('ebnf', guided.ebnf),
    readGrammar('grammar', grammar),
  ]);
}

/** The only format, its first problem, or the problem that there are two. */
function readOnly(readings: readonly OutputFormatReading[]): OutputFormatReading {
  const given = readings.filter((reading) => reading !== undefined);
  const [first, second] = given;
  if (second === undefined) return first;
  return (
    given.find(isRequestProblem) ??
    toInvalidValue(
      second.param ?? '',
      `it asks for the form of the answer, as '${first?.param}' does. Send one of them.`,
    )
  );
}

function readResponseFormat(
  format: ResponseFormat,
  { format: at, namedSchema }: OutputFormatNames,
): OutputFormatReading {
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json_object':
      return (
        readObjectSchema(`${at}.schema`, format.schema) ?? { format: { kind: 'json-object' }, param: at }
      );
    case 'json_schema':
      return orMissing(
        namedSchema,
        readOnly([
          readNamedSchema(format.json_schema, `${namedSchema}.schema`),
          readSchema(`${at}.schema`, format.schema),
        ]),
      );
    case 'regex':
      return orMissing(
        `${at}.regex`,
        readOnly([readPattern(`${at}.regex`, format.regex), readPattern(`${at}.pattern`, format.pattern)]),
      );
    case 'grammar':
      return readGrammar(`${at}.grammar`, format.grammar);
    case 'choice':
      return orMissing(
        `${at}.choice`,
        readOnly([readChoices(`${at}.choice`, format.choice), readChoices(`${at}.choices`, format.choices)]),
      );
  }
}

type NamedSchema = Extract<ResponseFormat, { type: 'json_schema' }>['json_schema'];

function readNamedSchema(named: NamedSchema, param: string): OutputFormatReading {
  if (named === undefined || named === null) return undefined;
  const { name, description, schema, strict } = named;
  return {
    format: {
      kind: 'json-schema',
      name,
      description: description ?? undefined,
      schema,
      strict: strict ?? false,
    },
    param,
  };
}

type StructuredOutputs = NonNullable<OutputFields['structured_outputs']>;

function readStructuredOutputs(outputs: StructuredOutputs): OutputFormatReading {
  const at = 'structured_outputs';
  const reading = readOnly([
    readSchema(`${at}.json`, outputs.json),
    readPattern(`${at}.regex`, outputs.regex),
    readChoices(`${at}.choice`, outputs.choice),
    readGrammar(`${at}.grammar`, outputs.grammar),
    outputs.json_object === true
      ? { format: { kind: 'json-object' }, param: `${at}.json_object` }
      : undefined,
  ]);
  return (
    reading ??
    toInvalidValue(at, 'it names no form. Send one of json, regex, choice, grammar or json_object.')
  );
}

/** Clients that use vLLM's or llama-server's fields expect enforcement, so these are strict. */
function readSchema(param: string, given: unknown): OutputFormatReading {
  if (given === undefined || given === null) return undefined;
  const schema = typeof given === 'string' ? parseJson(given) : given;
  if (schema === undefined) return toInvalidValue(param, `${quoteInput(String(given))} is not JSON.`);
  if (!isJsonObject(schema)) {
    const message = `Invalid type for '${param}': expected the JSON text of an object, but got the JSON text of ${describeType(schema)} instead.`;
    return { code: 'invalid_type', param, message };
  }
  return {
    format: { kind: 'json-schema', name: nameDefault, description: undefined, schema, strict: true },
    param,
  };
}

/** The schema of an object, even without a `type`. An empty schema adds nothing. */
function readObjectSchema(param: string, schema: unknown): OutputFormatReading {
  if (!isJsonObject(schema)) return undefined;
  if (Object.keys(schema).length === 0) return undefined;
  return readSchema(param, 'type' in schema ? schema : { type: 'object', ...schema });
}

/** Undefined for a text that is not JSON. JSON itself can't represent undefined. */
function parseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function readPattern(param: string, pattern: string | null | undefined): OutputFormatReading {
  return typeof pattern === 'string' ? { format: { kind: 'pattern', pattern }, param } : undefined;
}

function readChoices(param: string, choices: readonly string[] | null | undefined): OutputFormatReading {
  return choices ? { format: { kind: 'choice', choices }, param } : undefined;
}

function readGrammar(param: string, grammar: string | null | undefined): OutputFormatReading {
  return typeof grammar === 'string' ? { format: { kind: 'grammar', grammar }, param } : undefined;
}

function orMissing(param: string, reading: OutputFormatReading): OutputFormatReading {
  if (reading !== undefined) return reading;
  return { code: 'missing_required_parameter', param, message: `Missing required parameter: '${param}'.` };
}
