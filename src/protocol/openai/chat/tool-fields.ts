import { z } from 'zod';
import { jsonSchemaSchema } from './response-format.ts';

/** Tools of one request. */
export const toolsMax = 128;

/** Maximum length of a description, in UTF-16 code units. */
export const toolDescriptionCharactersMax = 32_768;

/** UTF-16 code units of a tool's name. */
export const toolNameCharactersMax = 64;

/** Valid names of tools, also in the conversation. */
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
    .describe('The purpose of the tool. The model sees it.'),
  parameters: jsonSchemaSchema
    .nullish()
    .describe(
      'A JSON Schema for the arguments, which are an object. Without properties, or absent: the tool has no parameters, and the arguments are `{}`.',
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
          "True: parameters that can't be enforced are refused, and an invalid call is never returned as valid. False: enforced as far as possible.",
      }),
    }),
  })
  .meta({ id: 'ChatTool' });

const functionNameSchema = z.object({ name: z.string() });

const namedToolSchema = z.object({ type: z.literal('function'), function: functionNameSchema });

/**
 * The objects come first, so that the problems of an object are reported by its schema and not as a wrong
 * type.
 */
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
    .describe(`Functions that the model may call, up to ${toolsMax}, with unique names.`),
  tool_choice: toolChoiceSchema
    .nullish()
    .describe(
      'Requires `tools`. `none`: no call. `auto`, the default: the model decides. `required`: at least one call and no text. A function: exactly one call of it. `allowed_tools`: a mode and the allowed tools.',
    ),
  parallel_tool_calls: z.boolean().nullish().meta({
    default: true,
    description: 'Whether an answer may have several calls.',
  }),
  functions: z.array(deprecatedFunctionSchema).max(toolsMax).nullish().meta({
    deprecated: true,
    description: 'Older form of `tools`. The answer then has at most one `function_call`.',
  }),
  function_call: z
    .union([functionNameSchema, z.enum(['none', 'auto'])])
    .nullish()
    .meta({ deprecated: true, description: 'Older form of `tool_choice`. Requires `functions`.' }),
};
