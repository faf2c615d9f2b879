import { z } from 'zod';
import { modelNameCharactersMax } from '../chat/chat-completion-request.ts';
import type { NeutralValues } from '../chat/later-parameters.ts';
import { clientFields } from '../shared/client-fields.ts';
import { inputsMax, promptInputSchema } from '../shared/prompt-input.ts';

/** Numbers of one vector; more than any model has. */
export const dimensionsMax = 65_536;

/** Known to vLLM, and not honoured here: see `later-parameters.ts`. */
export const laterEmbeddingParameters = {
  add_special_tokens: [true],
  normalize: [true],
  truncate_prompt_tokens: [],
} as const satisfies NeutralValues;

/** Body of `POST /embeddings`. */
export const embeddingRequestSchema = z
  .object({
    model: z
      .string()
      .min(1)
      .max(modelNameCharactersMax)
      .describe('Name of a model that makes embeddings. One that generates text is 400 `unsupported_model`.'),
    input: promptInputSchema.describe(
      `A text, a list of up to ${inputsMax} texts, the token ids of one input, or a list of such lists. Token ids are taken as they are; a text gets the control tokens around it that its model wants. An input longer than the model's context is 400 \`context_length_exceeded\`.`,
    ),
    encoding_format: z.enum(['float', 'base64']).nullish().meta({
      default: 'float',
      description: '`base64`: the numbers as 32-bit floats, the least byte first, in Base64.',
    }),
    dimensions: z
      .int()
      .min(1)
      .max(dimensionsMax)
      .nullish()
      .describe(
        "How many numbers a vector has: the first of the model's, brought to the length 1 again. Not more than the model's, which is the default.",
      ),
    user: clientFields.user.meta({
      'x-effect': 'none',
      description: 'Who asks. Nothing here depends on it: it is accepted, and named in `x-ignored-params`.',
    }),
  })
  .meta({ id: 'EmbeddingRequest' });

export type EmbeddingWireRequest = z.infer<typeof embeddingRequestSchema>;

/** The answer of `POST /embeddings`. */
export const embeddingListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        object: z.literal('embedding'),
        index: z.int().describe('Of the input, from 0.'),
        embedding: z
          .union([z.array(z.number()), z.string()])
          .describe('A vector of the length 1; a string with `encoding_format: "base64"`.'),
      }),
    ),
    model: z.string().describe('The name that was asked for.'),
    usage: z.object({
      prompt_tokens: z.int().min(0).describe('Of all inputs, with the control tokens around them.'),
      total_tokens: z.int().min(0),
    }),
  })
  .meta({ id: 'EmbeddingList' });

export type EmbeddingList = z.infer<typeof embeddingListSchema>;
