import { z } from 'zod';
import { anthropicErrorSchema } from '../shared/error-body.ts';
import {
  answerBlockSchema,
  contextManagementSchema,
  messageDeltaUsageSchema,
  messageSchema,
  stopFields,
} from './message-object.ts';

const ofBlock = { index: z.int().min(0).describe('Of the block in `content`.') };

/** Everything that may stand in a stream, by its `type`, which is also the event's name. */
export const messageEventSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('message_start'), message: messageSchema }),
    z.object({ type: z.literal('content_block_start'), ...ofBlock, content_block: answerBlockSchema }),
    z.object({
      type: z.literal('content_block_delta'),
      ...ofBlock,
      delta: z.discriminatedUnion('type', [
        z.object({ type: z.literal('text_delta'), text: z.string().describe('Whole UTF-8 characters.') }),
        z.object({ type: z.literal('thinking_delta'), thinking: z.string() }),
        z.object({ type: z.literal('signature_delta'), signature: z.string() }),
        z.object({ type: z.literal('input_json_delta'), partial_json: z.string() }),
      ]),
    }),
    z.object({ type: z.literal('content_block_stop'), ...ofBlock }),
    z.object({
      type: z.literal('message_delta'),
      delta: z.object(stopFields),
      usage: messageDeltaUsageSchema.describe('Of the whole request.'),
      context_management: contextManagementSchema,
    }),
    z.object({ type: z.literal('message_stop') }),
    z.object({ type: z.literal('ping') }),
    anthropicErrorSchema,
  ])
  .meta({ id: 'MessageStreamEvent' });

export type MessageEvent = z.infer<typeof messageEventSchema>;
export type BlockDelta = Extract<MessageEvent, { type: 'content_block_delta' }>['delta'];
