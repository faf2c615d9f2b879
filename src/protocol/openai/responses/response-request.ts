import { z } from 'zod';
import {
  messagesMax,
  modelNameCharactersMax,
  stopSchema,
  topLogprobsMax,
} from '../chat/chat-completion-request.ts';
import { reasoningFields } from '../chat/reasoning-fields.ts';
import { outputFields } from '../chat/response-format.ts';
import { templateFields } from '../chat/template-fields.ts';
import { clientFields } from '../shared/client-fields.ts';
import { endingFields } from '../shared/ending-fields.ts';
import {
  reasoningSummarySchema,
  serverHintFields,
  truncationSchema,
  verbositySchema,
} from '../shared/hint-fields.ts';
import { samplingFields } from '../shared/sampling-fields.ts';
import { idCharactersMax, requestedItemSchema } from './response-item.ts';
import { responseToolFields, textFormatSchema } from './response-tools.ts';

export const logprobsInclude = 'message.output_text.logprobs';
export const reasoningInclude = 'reasoning.encrypted_content';

/** The others of `include` are of tools that this server lacks. */
export function isEffectiveInclude(value: unknown): boolean {
  return value === logprobsInclude || value === reasoningInclude;
}

const includeSchema = z.enum([
  logprobsInclude,
  reasoningInclude,
  'code_interpreter_call.outputs',
  'computer_call_output.output.image_url',
  'file_search_call.results',
  'message.input_image.image_url',
  'web_search_call.action.sources',
  'web_search_call.results',
]);

const includesMax = 16;

/** The form of the answer under other servers' names; OpenAI's is `text.format`. */
const { response_format: _responseFormat, ...formFields } = outputFields;

/** Items of one request. */
export const inputItemsMax = messagesMax;

/** Body of `POST /responses`: the parameters that are honoured, and no others. */
export const responseRequestSchema = z
  .object({
    model: z.string().min(1).max(modelNameCharactersMax).describe('Name or alias of the model.'),
    input: z
      .union([z.string(), z.array(requestedItemSchema).min(1).max(inputItemsMax)])
      .describe(`A user message, or 1 to ${inputItemsMax} items of the conversation.`),
    instructions: z
      .string()
      .nullish()
      .describe(
        "A system message at the start of the conversation. Instructions of earlier responses don't carry over.",
      ),
    previous_response_id: z
      .string()
      .min(1)
      .max(idCharactersMax)
      .nullish()
      .describe('Continue this response, which was stored with the same key.'),
    ...samplingFields,
    max_output_tokens: z
      .int()
      .min(1)
      .nullish()
      .describe(
        'Maximum number of generated tokens, including reasoning. Absent: the rest of the context, or the setting `maxTokensDefault` for plain text or a JSON object without a schema from a model that does not reason.',
      ),
    max_tool_calls: z.int().min(0).nullish().meta({
      'x-effect': 'none',
      description: 'Of tools that OpenAI runs. There are none here, so it holds.',
    }),
    include: z
      .array(includeSchema)
      .max(includesMax)
      .nullish()
      .describe(
        `\`${logprobsInclude}\` adds log-probabilities, \`${reasoningInclude}\` the reasoning in a form to send back. The other values have no effect here and are listed in \`x-ignored-params\`.`,
      ),
    top_logprobs: z
      .int()
      .min(0)
      .max(topLogprobsMax)
      .nullish()
      .describe(
        `Number of most likely tokens at each position, 0 to ${topLogprobsMax}. Requires \`include\`.`,
      ),
    stop: stopSchema,
    ...endingFields,
    text: z.object({ format: textFormatSchema.nullish(), verbosity: verbositySchema }).nullish(),
    reasoning: z
      .object({
        effort: reasoningFields.reasoning_effort,
        summary: reasoningSummarySchema,
        generate_summary: reasoningSummarySchema,
      })
      .nullish(),
    reasoning_budget: reasoningFields.reasoning_budget,
    chat_template_kwargs: templateFields.chat_template_kwargs,
    truncation: truncationSchema,
    ...serverHintFields,
    ...formFields,
    stream: z.boolean().nullish().meta({ default: false }),
    stream_options: z
      .object({
        include_usage: z.boolean().nullish().describe('Has no effect: the last event always has the usage.'),
        continuous_usage_stats: z.boolean().nullish().meta({
          default: false,
          description: "vLLM's option: every delta has the `usage` so far.",
        }),
        include_obfuscation: z.boolean().nullish().meta({
          default: false,
          description:
            'Add random text, `obfuscation`, to each delta, so that its size does not reveal the words of the answer.',
        }),
      })
      .nullish()
      .describe('Only with `stream: true`.'),
    ...clientFields,
    metadata: clientFields.metadata.describe('Up to 16 pairs of texts, stored with the response.'),
    store: z.boolean().nullish().meta({
      default: true,
      description:
        'Store the response, so that it can be read, and continued with `previous_response_id`. The field `store` of the answer reports whether it was stored.',
    }),
    ...responseToolFields,
  })
  .meta({ id: 'ResponseRequest' });

export type ResponseRequest = z.infer<typeof responseRequestSchema>;
