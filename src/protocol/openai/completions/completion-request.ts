import { z } from 'zod';
import {
  choicesCountMax,
  modelNameCharactersMax,
  stopSchema,
  stopSequenceCharactersMax,
  stopSequencesMax,
} from '../chat/chat-completion-request.ts';
import type { NeutralValues } from '../chat/later-parameters.ts';
import { outputFields } from '../chat/response-format.ts';
import { clientFields } from '../shared/client-fields.ts';
import { endingFields } from '../shared/ending-fields.ts';
import { serverHintFields } from '../shared/hint-fields.ts';
import { inputsMax, promptInputSchema } from '../shared/prompt-input.ts';
import { samplingFields } from '../shared/sampling-fields.ts';
import { serverNeutralValues } from '../shared/server-parameters.ts';
import { streamOptionFields } from '../shared/stream-fields.ts';

/** Alternatives that are told of a token of a text completion. */
export const completionLogprobsMax = 5;

/** Answers that one request may ask for, over all of its prompts. */
export const completionChoicesMax = 128;

/** OpenAI's default for this endpoint: it is older than models that know when to end. */
export const completionTokensDefault = 16;

/** Known, and not honoured here: see `later-parameters.ts`. */
export const laterCompletionParameters = {
  ...serverNeutralValues,
  add_special_tokens: [true],
  length_penalty: [1],
  prompt_embeds: [],
  prompt_logprobs: [],
  use_beam_search: [false],
} as const satisfies NeutralValues;

/** Body of `POST /completions`: the parameters that are honoured, and no others. */
export const completionRequestSchema = z
  .object({
    model: z.string().min(1).max(modelNameCharactersMax).describe('Name of the model, or an alias of it.'),
    prompt: promptInputSchema.describe(
      `A text, a list of up to ${inputsMax} texts, the token ids of one prompt, or a list of such lists. A text is its own template: the names of control tokens in it are control tokens, and the begin token is put before it where the model wants one. Token ids are taken as they are. With several prompts the choices are in their order.`,
    ),
    suffix: z
      .string()
      .nullish()
      .describe(
        'What comes after the completion. 400 `unsupported_parameter` where the model has no tokens for filling in.',
      ),
    ...samplingFields,
    n: z
      .int()
      .min(1)
      .max(choicesCountMax)
      .nullish()
      .meta({
        default: 1,
        description: `How many answers to each prompt, 1 to ${choicesCountMax}. All prompts together have at most ${completionChoicesMax}.`,
      }),
    best_of: z
      .int()
      .min(1)
      .max(choicesCountMax)
      .nullish()
      .describe(
        `How many answers to make to each prompt, up to ${choicesCountMax}; the \`n\` of them with the highest mean log-probability are returned, and the tokens of all are counted. Not less than \`n\`, which it is by default; not more in a stream.`,
      ),
    echo: z.boolean().nullish().meta({
      default: false,
      description: 'Begin the answer with the prompt; with `logprobs` those of its tokens too.',
    }),
    logprobs: z
      .int()
      .min(0)
      .max(completionLogprobsMax)
      .nullish()
      .describe(
        `Tell the log-probability of each token, and of so many of the most likely ones at its place, 0 to ${completionLogprobsMax}. They are the model's own: before bias, penalties and temperature.`,
      ),
    stop: stopSchema.describe(
      `A stop sequence or up to ${stopSequencesMax} of them, each 1 to ${stopSequenceCharactersMax} characters. Generation ends before the first one met. Absent: those of the model's source, if it has any; an empty list: none.`,
    ),
    max_tokens: z.int().min(0).nullish().meta({
      default: completionTokensDefault,
      description:
        'Tokens to generate at most. With 0 the prompt is evaluated and nothing more, which together with `echo` and `logprobs` rates a text.',
    }),
    max_completion_tokens: z
      .int()
      .min(0)
      .nullish()
      .describe("Chat's name of `max_tokens`. If both are given they must be equal."),
    ...endingFields,
    stream: z.boolean().nullish().meta({
      default: false,
      description: 'Answer with server-sent events, one for each piece of text as it is made.',
    }),
    stream_options: z.object(streamOptionFields).nullish().describe('Only with `stream: true`.'),
    ...serverHintFields,
    user: clientFields.user,
    prompt_cache_key: clientFields.prompt_cache_key,
    ...outputFields,
  })
  .meta({ id: 'CompletionRequest' });

export type CompletionRequest = z.infer<typeof completionRequestSchema>;
