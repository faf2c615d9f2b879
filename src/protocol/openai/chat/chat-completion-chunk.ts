import { z } from 'zod';
import { servedTier } from '../shared/client-fields.ts';
import { stopReasonSchema } from '../shared/stop-reason.ts';
import { streamedFields } from '../shared/stream-fields.ts';
import { finishReasonSchema } from './chat-completion.ts';
import { choiceLogprobsSchema } from './choice-logprobs.ts';

const toolCallDeltaSchema = z
  .object({
    index: z.int().describe('Index of the call in this answer, from 0.'),
    id: z.string().optional().describe('Only in the first piece of a call.'),
    type: z.literal('function').optional().describe('Only in the first piece of a call.'),
    function: z.object({
      name: z.string().optional().describe('Only in the first piece of a call.'),
      arguments: z.string().describe('A piece of the JSON. The pieces of a call join to one text.'),
    }),
  })
  .meta({ id: 'ChatToolCallDelta' });

const chunkChoiceSchema = z.object({
  index: z.int(),
  delta: z.object({
    role: z.literal('assistant').optional().describe('Only in the first chunk.'),
    content: z.string().optional().describe('Whole UTF-8 characters.'),
    reasoning_content: z.string().optional().describe('A piece of the reasoning of a model that shows it.'),
    reasoning: z.string().optional().describe("The same, under vLLM's name."),
    tool_calls: z.array(toolCallDeltaSchema).optional(),
    function_call: z
      .object({
        name: z.string().optional().describe('Only in the first piece.'),
        arguments: z.string().describe('A piece of the JSON.'),
      })
      .optional()
      .meta({ deprecated: true, description: 'Replaces `tool_calls` if the request has `functions`.' }),
  }),
  logprobs: choiceLogprobsSchema
    .nullable()
    .describe('For the tokens that begin in this delta; null if there are none.'),
  finish_reason: finishReasonSchema.nullable().describe('Set in exactly one chunk, whose delta is empty.'),
  stop_reason: stopReasonSchema,
});

/** One event of a streamed answer. */
export const chatCompletionChunkSchema = z
  .object({
    id: z.string().describe('The same in all chunks of a stream, like `created`.'),
    object: z.literal('chat.completion.chunk'),
    created: z.int().describe('Unix time in seconds.'),
    model: z.string().describe('The model name in the request.'),
    system_fingerprint: z.string().describe('Engine and build.'),
    service_tier: z.literal(servedTier).optional().describe('Only if the request sets one.'),
    choices: z.array(chunkChoiceSchema).describe('Empty in the chunk that carries the usage.'),
    ...streamedFields,
  })
  .meta({ id: 'ChatCompletionChunk' });

export type ChatCompletionChunk = z.infer<typeof chatCompletionChunkSchema>;
export type ChatCompletionChunkChoice = z.infer<typeof chunkChoiceSchema>;
