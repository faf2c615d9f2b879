import { z } from 'zod';
import type { FinishReason } from '../../../backend/generation-event.ts';
import { completionUsageSchema, type ToCost } from '../shared/completion-usage.ts';
import { createRandomHex } from '../shared/create-random-hex.ts';
import { stopReasonSchema } from '../shared/stop-reason.ts';
import { streamedFields } from '../shared/stream-fields.ts';
import { completionLogprobsSchema } from './completion-logprobs.ts';

export function createCompletionId(): string {
  return `cmpl-${createRandomHex()}`;
}

const completionFinishReasonSchema = z
  .enum(['stop', 'length', 'content_filter'])
  .describe(
    '`stop`: the model ended, or a stop sequence matched. `length`: the token limit or the context was reached. `content_filter`: a filter cut the answer off.',
  );

const finishReasons = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  // There are no tools here, and no calls.
  'tool-calls': 'stop',
} as const satisfies Record<FinishReason, z.infer<typeof completionFinishReasonSchema>>;

export function toCompletionFinishReason(reason: FinishReason): z.infer<typeof completionFinishReasonSchema> {
  return finishReasons[reason];
}

const envelopeFields = {
  id: z.string().describe('Unique, `cmpl-` and random; the same in all chunks of a stream, like `created`.'),
  object: z.literal('text_completion'),
  created: z.int().describe('Unix time in seconds.'),
  model: z.string().describe('The model name in the request.'),
  system_fingerprint: z.string().describe('Engine and build.'),
};

const choiceFields = {
  index: z.int().describe('Choices of the first prompt come first.'),
  text: z.string(),
  logprobs: completionLogprobsSchema.nullable().describe('Null unless the request sets `logprobs`.'),
  stop_reason: stopReasonSchema,
};

/** The plain answer of `POST /completions`. */
export const completionSchema = z
  .object({
    ...envelopeFields,
    choices: z.array(z.object({ ...choiceFields, finish_reason: completionFinishReasonSchema })),
    usage: completionUsageSchema,
  })
  .meta({ id: 'Completion' });

export type Completion = z.infer<typeof completionSchema>;

/** One event of a streamed answer. */
export const completionChunkSchema = z
  .object({
    ...envelopeFields,
    choices: z
      .array(
        z.object({
          ...choiceFields,
          finish_reason: completionFinishReasonSchema
            .nullable()
            .describe('Set in exactly one chunk per choice. Its text is empty.'),
        }),
      )
      .describe('Empty in the chunk that carries the usage.'),
    ...streamedFields,
  })
  .meta({ id: 'CompletionChunk' });

export type CompletionChunk = z.infer<typeof completionChunkSchema>;

/** The common fields of a plain answer and of every chunk of a stream. */
export interface CompletionEnvelope {
  readonly id: string;
  /** Unix time in seconds; one for all chunks of a stream. */
  readonly createdAtSeconds: number;
  /** The name that was asked for, an alias included. */
  readonly model: string;
  readonly systemFingerprint: string;
  /** undefined: the model has no price. */
  readonly toCost?: ToCost | undefined;
}

/** The request facts that the answer repeats. */
export interface CompletionAnswer {
  readonly promptCount: number;
  /** Answers that are returned to each prompt. */
  readonly choiceCount: number;
  /** Answers that were made to each prompt: `choiceCount`, or more of which the best are returned. */
  readonly madeCount: number;
  /** Log-probabilities were asked for. */
  readonly logprobs: boolean;
}
