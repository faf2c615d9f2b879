import { z } from 'zod';
import { completionUsageSchema } from './completion-usage.ts';

/** Why generation ended, truthfully. */
export const finishReasonSchema = z
  .enum(['stop', 'length'])
  .describe(
    '`stop`: the model ended or a stop sequence was met. `length`: the budget or the context ran out.',
  );

/** The plain answer. Strict typed clients break on absent fields, so what is not there is null. */
export const chatCompletionSchema = z
  .object({
    id: z.string().describe('Unique, `chatcmpl-` and random.'),
    object: z.literal('chat.completion'),
    created: z.int().describe('Unix time in seconds.'),
    model: z.string().describe('The name that was asked for.'),
    system_fingerprint: z.string().describe('Engine and build.'),
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.object({
          role: z.literal('assistant'),
          content: z.string(),
          refusal: z.null(),
        }),
        logprobs: z.null(),
        finish_reason: finishReasonSchema,
      }),
    ),
    usage: completionUsageSchema,
  })
  .meta({ id: 'ChatCompletion' });

export type ChatCompletion = z.infer<typeof chatCompletionSchema>;
