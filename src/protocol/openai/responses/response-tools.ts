import { z } from 'zod';
import { formatDescriptionCharactersMax, jsonSchemaSchema } from '../chat/response-format.ts';
import { toolDescriptionCharactersMax, toolNameSchema, toolsMax } from '../chat/tool-fields.ts';

export const responseToolSchema = z
  .object({
    type: z.literal('function').describe('Tools that OpenAI runs, such as `web_search`, are refused.'),
    name: toolNameSchema,
    description: z.string().max(toolDescriptionCharactersMax).nullish(),
    parameters: jsonSchemaSchema.nullish(),
    strict: z.boolean().nullish().meta({
      default: false,
      description:
        "True: parameters that can't be enforced are refused. Absent or false: enforced as far as possible.",
    }),
  })
  .meta({ id: 'ResponseTool' });

const namedToolSchema = z.object({ type: z.literal('function'), name: z.string() });

const responseToolChoiceSchema = z
  .union([
    z.discriminatedUnion('type', [
      namedToolSchema,
      z.object({
        type: z.literal('allowed_tools'),
        mode: z.enum(['auto', 'required']),
        tools: z.array(namedToolSchema).min(1).max(toolsMax),
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
    .describe(`Functions that the model may call, up to ${toolsMax}.`),
  tool_choice: responseToolChoiceSchema
    .nullish()
    .describe('Requires `tools`: `none`, `auto`, `required`, a function, or `allowed_tools`.'),
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
export type ResponseToolChoice = z.infer<typeof responseToolChoiceSchema>;
export type TextFormat = z.infer<typeof textFormatSchema>;
