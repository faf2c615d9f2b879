import { z } from 'zod';
import { jsonSchemaSchema } from './response-format.ts';

/** Tools of one request. */
export const toolsMax = 128;

/** UTF-16 code units of what a tool says of itself. */
export const toolDescriptionCharactersMax = 32_768;

/** What a tool may be called, also in the conversation. */
export const toolNameSchema = z
  .string()
  .regex(/^[a-zA-Z0-9_.-]{1,64}$/)
  .describe('1 to 64 letters, digits, underscores, hyphens and dots.');

const functionFields = {
  name: toolNameSchema,
  description: z
    .string()
    .max(toolDescriptionCharactersMax)
    .nullish()
    .describe('What it is for; the model reads it.'),
  parameters: jsonSchemaSchema
    .nullish()
    .describe(
      'A JSON Schema of the arguments, which are an object. Without properties, or absent: the tool has no parameters, and the arguments are `{}`.',
    ),
};

export const toolSchema = z
  .object({
    type: z.literal('function'),
    function: z.object({
      ...functionFields,
      strict: z.boolean().nullish().meta({
        default: false,
        description:
          'True: parameters that cannot be enforced are refused, and a call that breaks them is never sent as valid. False: done as far as it goes.',
      }),
    }),
  })
  .meta({ id: 'ChatTool' });

const functionNameSchema = z.object({ name: z.string() });

const namedToolSchema = z.object({ type: z.literal('function'), function: functionNameSchema });

/** The objects come first: to a text they are of another type, and what is wrong with an object is theirs to say. */
const toolChoiceSchema = z
  .union([
    z.discriminatedUnion('type', [
      namedToolSchema,
      z.object({
        type: z.literal('allowed_tools'),
        allowed_tools: z.object({
          mode: z.enum(['auto', 'required']),
          tools: z.array(namedToolSchema).min(1).max(toolsMax),
        }),
      }),
    ]),
    z.enum(['none', 'auto', 'required']),
  ])
  .meta({ id: 'ChatToolChoice' });

const deprecatedFunctionSchema = z.object(functionFields).meta({ id: 'ChatFunction' });

/** The members of a request that say which tools there are and whether they must be called. */
export const toolFields = {
  tools: z
    .array(toolSchema)
    .max(toolsMax)
    .nullish()
    .describe(`Functions that the model may call, up to ${toolsMax}, each with a name of its own.`),
  tool_choice: toolChoiceSchema
    .nullish()
    .describe(
      'Only with `tools`. `none`: no call. `auto`, the default: the model decides. `required`: one call or more, and nothing else. A function: exactly one call of it. `allowed_tools`: the mode, and the tools that may be called.',
    ),
  parallel_tool_calls: z.boolean().nullish().meta({
    default: true,
    description: 'Whether one answer may have more than one call.',
  }),
  functions: z.array(deprecatedFunctionSchema).max(toolsMax).nullish().meta({
    deprecated: true,
    description: 'Older form of `tools`; the answer then has one `function_call` at most.',
  }),
  function_call: z
    .union([functionNameSchema, z.enum(['none', 'auto'])])
    .nullish()
    .meta({ deprecated: true, description: 'Older form of `tool_choice`, only with `functions`.' }),
};
