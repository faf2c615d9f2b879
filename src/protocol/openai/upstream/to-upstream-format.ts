import type { OutputFormat } from '../../../backend/output-format.ts';
import type { Dialect } from './dialect.ts';

/** The format of the answer, in the words of the dialect; a kind that it lacks was refused before. */
export function toUpstreamFormat(
  format: OutputFormat,
  { formats }: Pick<Dialect, 'formats'>,
): Readonly<Record<string, unknown>> {
  const words = formats[format.kind];
  if (words === undefined) return {};
  switch (words.form) {
    case 'response-format':
      return { response_format: toResponseFormat(format) };
    case 'structured-outputs':
      return { structured_outputs: { [words.name]: toFormatValue(format) } };
    case 'own-field':
      return { [words.name]: toFormatValue(format) };
  }
}

function toResponseFormat(format: OutputFormat): Readonly<Record<string, unknown>> {
  switch (format.kind) {
    case 'json-schema': {
      const { kind: _kind, name, description, schema, strict, ...unhandled } = format;
      unhandled satisfies Record<string, never>;
      const purpose = description === undefined ? {} : { description };
      return {
        type: 'json_schema',
        json_schema: { name, ...purpose, schema, ...(strict ? { strict } : {}) },
      };
    }
    case 'json-object':
      return { type: 'json_object' };
    case 'pattern':
      return { type: 'regex', regex: format.pattern };
    case 'choice':
      return { type: 'choice', choices: format.choices };
    case 'grammar':
      return { type: 'grammar', grammar: format.grammar };
  }
}

/** The format alone, for a field whose name says its kind. */
function toFormatValue(format: OutputFormat): unknown {
  switch (format.kind) {
    case 'json-schema':
      return format.schema;
    case 'json-object':
      return true;
    case 'pattern':
      return format.pattern;
    case 'choice':
      return format.choices;
    case 'grammar':
      return format.grammar;
  }
}
