import { z } from 'zod';
import {
  choicesCountMax,
  modelNameCharactersMax,
  stopSchema,
  stopSequenceCharactersMax,
  stopSequencesMax,
} from '../chat/chat-completion-request.ts';
import { outputFields } from '../chat/response-format.ts';
import type { NeutralValues } from '../chat/unsupported-parameters.ts';
import { clientFields } from '../shared/client-fields.ts';
import { endingFields } from '../shared/ending-fields.ts';
import { serverHintFields } from '../shared/hint-fields.ts';
import { inputsMax, promptInputSchema } from '../shared/prompt-input.ts';
import { samplingFields } from '../shared/sampling-fields.ts';
import { serverNeutralValues } from '../shared/server-parameters.ts';
import { streamOptionFields } from '../shared/stream-fields.ts';

/** Maximum alternatives per token of a text completion. */
export const completionLogprobsMax = 5;

/** Answers that one request may ask for, over all of its prompts. */
export const completionChoicesMax = 128;

/** OpenAI's default for this endpoint: it is older than models that know when to end. */
export const completionTokensDefault = 16;

/** Known, and not honoured here: see `unsupported-parameters.ts`. */
export const unsupportedCompletionParameters = {
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
    model: z.string().min(1).max(modelNameCharactersMax).describe('Name or alias of the model.'),
    prompt: promptInputSchema.describe(
      `A text, a list of up to ${inputsMax} texts, the token ids of one prompt, or a list of such lists. A text is used without a chat template: names of control tokens in it become control tokens, and the begin token is added if the model uses one. Token ids are used unchanged. With several prompts, the choices follow their order.`,
    ),
    suffix: z
      .string()
      .nullish()
      .describe(
        'Text after the completion. Refused with 400 `unsupported_parameter` if the model has no tokens for filling in.',
      ),
    ...samplingFields,
    n: z
      .int()
      .min(1)
      .max(choicesCountMax)
      .nullish()
      .meta({
        default: 1,
        description: `Number of answers per prompt, 1 to ${choicesCountMax}. All prompts together have at most ${completionChoicesMax}.`,
      }),
    best_of: z
      .int()
      .min(1)
      .max(choicesCountMax)
      .nullish()
      .describe(
        `Number of answers to generate per prompt, up to ${choicesCountMax}. The \`n\` answers with the highest mean log-probability are returned, and the tokens of all are counted. At least \`n\`, which is the default. In a stream it must equal \`n\`.`,
      ),
    echo: z.boolean().nullish().meta({
      default: false,
      description: 'Start the answer with the prompt. With `logprobs`, include its tokens.',
    }),
    logprobs: z
      .int()
      .min(0)
      .max(completionLogprobsMax)
      .nullish()
      .describe(
        `Return the log-probability of each token, and of the most likely tokens at its position, 0 to ${completionLogprobsMax}. Computed from the model's logits before bias, penalties and temperature.`,
      ),
    stop: stopSchema.describe(
      `A stop sequence, or up to ${stopSequencesMax} of them, each with 1 to ${stopSequenceCharactersMax} characters. Generation ends before the first match. Absent: the defaults of the model, if any. An empty list: none.`,
    ),
    max_tokens: z.int().min(0).nullish().meta({
      default: completionTokensDefault,
      description:
        'Maximum number of generated tokens. With 0 only the prompt is evaluated; with `echo` and `logprobs` this rates a text.',
    }),
    max_completion_tokens: z
      .int()
      .min(0)
      .nullish()
      .describe("Chat's name of `max_tokens`. If both are given, they must be equal."),
    ...endingFields,
    stream: z.boolean().nullish().meta({
      default: false,
      description: 'Stream the answer as server-sent events.',
    }),
    stream_options: z.object(streamOptionFields).nullish().describe('Only with `stream: true`.'),
    ...serverHintFields,
    user: clientFields.user,
    prompt_cache_key: clientFields.prompt_cache_key,
    ...outputFields,
  })
  .meta({ id: 'CompletionRequest' });

export type CompletionRequest = z.infer<typeof completionRequestSchema>;
