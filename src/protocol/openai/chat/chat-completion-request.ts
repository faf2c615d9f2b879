import { z } from 'zod';
import { clientFields } from '../shared/client-fields.ts';
import { endingFields } from '../shared/ending-fields.ts';
import { serverHintFields, verbositySchema } from '../shared/hint-fields.ts';
import { samplingFields } from '../shared/sampling-fields.ts';
import { streamOptionFields } from '../shared/stream-fields.ts';
import { chatMessageSchema, type WireChatMessage } from './chat-message.ts';
import { predictionSchema } from './prediction.ts';
import { reasoningFields } from './reasoning-fields.ts';
import { outputFields } from './response-format.ts';
import { templateFields } from './template-fields.ts';
import { toolFields } from './tool-fields.ts';

/** UTF-16 code units of a model name. */
export const modelNameCharactersMax = 256;

/** Messages of one conversation. */
export const messagesMax = 20_000;

/** Answers to one prompt. */
export const choicesCountMax = 16;

export const topLogprobsMax = 20;

export const stopSequencesMax = 16;

/** UTF-16 code units of one stop sequence. */
export const stopSequenceCharactersMax = 1_000;

const stopSequenceSchema = z.string().min(1).max(stopSequenceCharactersMax);

export const stopSchema = z
  .union([stopSequenceSchema, z.array(stopSequenceSchema).max(stopSequencesMax)])
  .nullish()
  .describe(
    `A stop sequence, or up to ${stopSequencesMax} of them, each with 1 to ${stopSequenceCharactersMax} characters. Generation ends before the first match, which is not part of the answer. Absent: the defaults of the model, if any. An empty list: none.`,
  );

/**
 * Body of `POST /chat/completions`: the parameters that are honoured, and no others. It is validator, type
 * and the text of the API reference. A null counts as absent wherever OpenAI documents the field as nullable.
 * Every array has a maximum: zod checks it before the elements, so a hostile length costs nothing.
 */
export const chatCompletionRequestSchema = z
  .object({
    model: z
      .string()
      .min(1)
      .max(modelNameCharactersMax)
      .describe('Name or alias of the model. An unknown name is refused with 404 `model_not_found`.'),
    messages: z
      .array(chatMessageSchema)
      .min(1)
      .max(messagesMax)
      .describe(
        `The conversation, 1 to ${messagesMax} messages with the roles system, developer, user, assistant, tool and function.`,
      ),
    ...samplingFields,
    n: z
      .int()
      .min(1)
      .max(choicesCountMax)
      .nullish()
      .meta({
        default: 1,
        description: `Number of answers, 1 to ${choicesCountMax}. With a \`seed\`, each answer uses a different seed derived from it.`,
      }),
    logprobs: z.boolean().nullish().meta({
      default: false,
      description:
        "Return the log-probability of each token of the answer, computed from the model's logits before bias, penalties, temperature and other sampling steps.",
    }),
    top_logprobs: z
      .int()
      .min(0)
      .max(topLogprobsMax)
      .nullish()
      .describe(
        `Number of most likely tokens to return at each position, 0 to ${topLogprobsMax}. Requires \`logprobs: true\`.`,
      ),
    stop: stopSchema,
    max_tokens: z.int().min(1).nullish().meta({
      deprecated: true,
      description: 'Older name of `max_completion_tokens`. If both are given, they must be equal.',
    }),
    max_completion_tokens: z
      .int()
      .min(1)
      .nullish()
      .describe(
        'Maximum number of generated tokens, 1 or more. Absent: the rest of the context, or the setting `maxTokensDefault` for plain text or a JSON object without a schema from a model that does not reason. A larger number than the context allows is accepted; the answer then ends with `length`.',
      ),
    ...endingFields,
    prediction: predictionSchema,
    stream: z.boolean().nullish().meta({
      default: false,
      description: 'Stream the answer as server-sent events.',
    }),
    stream_options: z.object(streamOptionFields).nullish().describe('Only with `stream: true`.'),
    ...reasoningFields,
    verbosity: verbositySchema,
    ...serverHintFields,
    ...templateFields,
    ...clientFields,
    ...outputFields,
    ...toolFields,
  })
  .meta({ id: 'ChatCompletionRequest' });

type AskedCompletion = z.infer<typeof chatCompletionRequestSchema>;

export type ChatCompletionRequest = Omit<AskedCompletion, 'messages'> & { messages: WireChatMessage[] };
