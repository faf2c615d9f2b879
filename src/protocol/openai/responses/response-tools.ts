import { z } from 'zod';
import {
  formatDescriptionCharactersMax,
  jsonSchemaSchema,
  patternCharactersMax,
} from '../chat/response-format.ts';
import { toolDescriptionCharactersMax, toolNameSchema, toolsMax } from '../chat/tool-fields.ts';
import { hostedToolTypes } from './hosted-tools.ts';

export const functionToolSchema = z
  .object({
    type: z.literal('function'),
    name: toolNameSchema,
    description: z.string().max(toolDescriptionCharactersMax).nullish(),
    parameters: jsonSchemaSchema.nullish(),
    strict: z.boolean().nullish().meta({
      default: false,
      description:
        "True: parameters that can't be enforced are refused. Absent or false: enforced as far as possible.",
    }),
  })
  .meta({ id: 'ResponseFunctionTool' });

const customFormatSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({
    type: z.literal('grammar'),
    syntax: z
      .enum(['regex', 'lark'])
      .describe(
        'The whole input matches it. A `regex` is enforced if ECMAScript can read it and it is regular, a grammar in `lark` if it has no recursion, no `%ignore`, no templates and no flags, imports from `common` only, and both it and its expression have up to 4000 characters. Otherwise the model sees the grammar, and `x-ignored-params` lists the format.',
      ),
    definition: z.string().min(1).max(patternCharactersMax),
  }),
]);

export const customToolSchema = z
  .object({
    type: z.literal('custom'),
    name: toolNameSchema,
    description: z.string().max(toolDescriptionCharactersMax).nullish(),
    format: customFormatSchema.nullish().describe('The form of the input. Absent: any text.'),
  })
  .meta({
    id: 'ResponseCustomTool',
    description: 'A tool whose input is one text. The model calls it as a function with one string.',
  });

export const namespaceToolSchema = z
  .object({
    type: z.literal('namespace'),
    name: toolNameSchema,
    description: z.string().max(toolDescriptionCharactersMax).nullish(),
    tools: z
      .array(z.discriminatedUnion('type', [functionToolSchema, customToolSchema]))
      .min(1)
      .max(toolsMax),
  })
  .meta({
    id: 'ResponseNamespaceTool',
    description:
      'Tools under one name. The model calls them by the name `<namespace>__<tool>`, shortened to 64 characters; a call in the answer has the name of the tool and the `namespace`.',
  });

const hostedToolSchema = z
  .object({ type: z.enum(hostedToolTypes).describe('Left out, and listed in `x-ignored-params`.') })
  .meta({ id: 'ResponseHostedTool' });

export const responseToolSchema = z
  .discriminatedUnion('type', [functionToolSchema, customToolSchema, namespaceToolSchema, hostedToolSchema])
  .meta({ id: 'ResponseTool' });

const namedToolSchema = z.object({
  type: z.enum(['function', 'custom']),
  name: z.string(),
  namespace: z
    .string()
    .nullish()
    .describe('Absent: the tool outside of namespaces, or else the only one of this name.'),
});

const allowedToolSchema = z.discriminatedUnion('type', [namedToolSchema, hostedToolSchema]);

const hostedChoiceSchema = z.object({
  type: z.enum(hostedToolTypes).describe('Refused: the call could not be made.'),
});

const responseToolChoiceSchema = z
  .union([
    z.discriminatedUnion('type', [
      namedToolSchema,
      hostedChoiceSchema,
      z.object({
        type: z.literal('allowed_tools'),
        mode: z.enum(['auto', 'required']),
        tools: z.array(allowedToolSchema).min(1).max(toolsMax),
      }),
    ]),
    z.enum(['none', 'auto', 'required']),
  ])
  .meta({ id: 'ResponseToolChoice' });

export const responseToolFields = {
  tools: z
    .array(responseToolSchema)
    .max(toolsMax)
    .nullish()
    .describe(
      `Tools that the model may call, up to ${toolsMax} in total. Tools that OpenAI runs or defines, such as \`web_search\`, are left out and listed in \`x-ignored-params\`; with \`x-compat: strict\` they are refused.`,
    ),
  tool_choice: responseToolChoiceSchema
    .nullish()
    .describe('Requires `tools`: `none`, `auto`, `required`, a function, a custom tool, or `allowed_tools`.'),
  parallel_tool_calls: z.boolean().nullish().meta({ default: true }),
};

/** The form of the answer. */
export const textFormatSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({
      type: z.literal('json_schema'),
      name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
      description: z.string().max(formatDescriptionCharactersMax).nullish(),
      schema: jsonSchemaSchema,
      strict: z.boolean().nullish(),
    }),
  ])
  .meta({ id: 'ResponseTextFormat' });

export type ResponseTool = z.infer<typeof responseToolSchema>;
export type ResponseCustomTool = z.infer<typeof customToolSchema>;
export type ResponseNamespaceTool = z.infer<typeof namespaceToolSchema>;
export type NamedTool = z.infer<typeof namedToolSchema>;
export type ResponseToolChoice = z.infer<typeof responseToolChoiceSchema>;
export type AllowedTool = z.infer<typeof allowedToolSchema>;
export interface ResponseRequestTools {
  readonly tools?: readonly ResponseTool[] | null | undefined;
  readonly tool_choice?: ResponseToolChoice | null | undefined;
}
export type TextFormat = z.infer<typeof textFormatSchema>;
