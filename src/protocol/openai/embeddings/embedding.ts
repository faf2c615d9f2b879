import { z } from 'zod';
import { modelNameCharactersMax } from '../chat/chat-completion-request.ts';
import type { NeutralValues } from '../chat/unsupported-parameters.ts';
import { clientFields } from '../shared/client-fields.ts';
import { costSchema } from '../shared/completion-usage.ts';
import { inputsMax, promptInputSchema } from '../shared/prompt-input.ts';

/** Numbers of one vector; more than any model has. */
export const dimensionsMax = 65_536;

/** Known to vLLM, and not honoured here: see `unsupported-parameters.ts`. */
export const unsupportedEmbeddingParameters = {
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
      .describe(
        'Name of an embedding model. A model that generates text is refused with 400 `unsupported_model`.',
      ),
    input: promptInputSchema.describe(
      `A text, a list of up to ${inputsMax} texts, the token ids of one input, or a list of such lists. Token ids are used unchanged. Texts get the control tokens that the model expects. An input longer than the model's context is refused with 400 \`context_length_exceeded\`.`,
    ),
    encoding_format: z.enum(['float', 'base64']).nullish().meta({
      default: 'float',
      description: '`base64`: the numbers as little-endian 32-bit floats in Base64.',
    }),
    dimensions: z
      .int()
      .min(1)
      .max(dimensionsMax)
      .nullish()
      .describe(
        "Length of the vectors: the first dimensions of the model's vector, normalized again. At most the length of the model's vectors, which is the default.",
      ),
    user: clientFields.user.meta({
      'x-effect': 'none',
      description: 'Identifies the end user. It has no effect here and is listed in `x-ignored-params`.',
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
        index: z.int().describe('Index of the input, from 0.'),
        embedding: z
          .union([z.array(z.number()), z.string()])
          .describe('A vector of length 1; a string with `encoding_format: "base64"`.'),
      }),
    ),
    model: z.string().describe('The model name in the request.'),
    usage: z.object({
      prompt_tokens: z.int().min(0).describe('Tokens of all inputs, including added control tokens.'),
      total_tokens: z.int().min(0),
      cost: costSchema,
    }),
  })
  .meta({ id: 'EmbeddingList' });

export type EmbeddingList = z.infer<typeof embeddingListSchema>;
