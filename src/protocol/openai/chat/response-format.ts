import { z } from 'zod';
import { isJsonObject } from '../shared/json-object.ts';

/** UTF-16 code units of a pattern. */
export const patternCharactersMax = 100_000;

/** UTF-16 code units of a grammar. */
export const grammarCharactersMax = 1_000_000;

export const choicesMax = 10_000;

/** UTF-16 code units of one choice. */
export const choiceCharactersMax = 10_000;

/** Maximum length of a description, in UTF-16 code units. */
export const formatDescriptionCharactersMax = 4_096;

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * A JSON Schema passes as it came: the order of its properties is the order of the answer's, and zod's own
 * records would copy it whole.
 */
export const jsonSchemaSchema = z
  .unknown()
  .refine(isJsonObject, { params: { expected: 'object' } })
  .meta({ type: 'object', description: 'A JSON Schema, from draft 4 to 2020-12.' });

export const patternSchema = z
  .string()
  .min(1)
  .max(patternCharactersMax)
  .describe('An ECMAScript regular expression that must match the whole answer.');

export const grammarSchema = z
  .string()
  .min(1)
  .max(grammarCharactersMax)
  .describe('A grammar in GBNF with the root rule `root`.');

export const choicesSchema = z
  .array(z.string().min(1).max(choiceCharactersMax))
  .min(1)
  .max(choicesMax)
  .describe('The allowed answers.');

const namedSchemaSchema = z.object({
  name: z.string().regex(namePattern).describe('1 to 64 letters, digits, underscores and hyphens.'),
  description: z
    .string()
    .max(formatDescriptionCharactersMax)
    .nullish()
    .describe('The purpose of the answer. The model sees it.'),
  schema: jsonSchemaSchema,
  strict: z.boolean().nullish().meta({
    default: false,
    description:
      "True: a schema that can't be enforced is refused, and an invalid answer is never returned as valid. False: enforced as far as possible; the header `x-structured-unenforced` lists the rest.",
  }),
});

/** The form of the answer. Several members of a kind are names that different servers have for the same thing. */
export const responseFormatSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text') }),
    z.object({
      type: z.literal('json_object'),
      schema: jsonSchemaSchema.nullish().describe("A schema, as in llama-server's API."),
    }),
    z.object({
      type: z.literal('json_schema'),
      json_schema: namedSchemaSchema.nullish(),
      schema: jsonSchemaSchema.nullish().describe("A schema, as in llama-server's API."),
    }),
    z.object({
      type: z.literal('regex'),
      regex: patternSchema.nullish(),
      pattern: patternSchema.nullish(),
    }),
    z.object({ type: z.literal('grammar'), grammar: grammarSchema }),
    z.object({
      type: z.literal('choice'),
      choice: choicesSchema.nullish(),
      choices: choicesSchema.nullish(),
    }),
  ])
  .meta({ id: 'ResponseFormat' });

export type ResponseFormat = z.infer<typeof responseFormatSchema>;

const schemaOrTextSchema = z.union([z.string().min(1), jsonSchemaSchema]);

/** vLLM's member for the same; exactly one kind of it. */
export const structuredOutputsSchema = z
  .object({
    json: schemaOrTextSchema.nullish().describe('A JSON Schema, as an object or as its JSON text.'),
    regex: patternSchema.nullish(),
    choice: choicesSchema.nullish(),
    grammar: grammarSchema.nullish(),
    json_object: z.boolean().nullish().describe('Any JSON object.'),
  })
  .meta({ id: 'StructuredOutputs' });

/** The members of a request that say which form its answer has. At most one may ask for more than text. */
export const outputFields = {
  response_format: responseFormatSchema
    .nullish()
    .describe(
      "The format of the answer: `text`, `json_object`, `json_schema`, `regex`, `choice` or `grammar`. A format that can't be enforced is refused with 400 `unsupported_schema`.",
    ),
  structured_outputs: structuredOutputsSchema
    .nullish()
    .describe("vLLM's field for the format of the answer; always strict."),
  guided_json: schemaOrTextSchema.nullish().meta({
    deprecated: true,
    description: "vLLM's older name of `structured_outputs.json`.",
  }),
  guided_regex: patternSchema.nullish().meta({
    deprecated: true,
    description: "vLLM's older name of `structured_outputs.regex`.",
  }),
  guided_choice: choicesSchema.nullish().meta({
    deprecated: true,
    description: "vLLM's older name of `structured_outputs.choice`.",
  }),
  guided_grammar: grammarSchema.nullish().meta({
    deprecated: true,
    description: "vLLM's older name of `structured_outputs.grammar`, in GBNF.",
  }),
  json_schema: schemaOrTextSchema
    .nullish()
    .describe(
      "llama-server's and SGLang's name for a JSON Schema, as an object or as JSON text; always strict.",
    ),
  regex: patternSchema.nullish().describe("SGLang's name for a pattern that must match the whole answer."),
  ebnf: grammarSchema.nullish().describe("SGLang's name for a grammar, in GBNF."),
  grammar: grammarSchema.nullish().describe("llama-server's name for a grammar, in GBNF."),
};

/** A request without these members: its parser has read all of them as one format. */
export function withoutOutputFields<
  Request extends { readonly [Name in keyof typeof outputFields]?: unknown },
>(request: Request) {
  const {
    response_format: _responseFormat,
    structured_outputs: _structuredOutputs,
    guided_json: _guidedJson,
    guided_regex: _guidedRegex,
    guided_choice: _guidedChoice,
    guided_grammar: _guidedGrammar,
    json_schema: _jsonSchema,
    grammar: _grammar,
    regex: _regex,
    ebnf: _ebnf,
    ...others
  } = request;
  return others;
}
