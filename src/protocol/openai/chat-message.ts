import { z } from 'zod';

/** Parts that one message's content may have. */
export const contentPartsMax = 1_000;

/** UTF-16 code units of a participant's name. */
export const participantNameCharactersMax = 64;

const textPartSchema = z
  .object({
    type: z.literal('text'),
    text: z.string().describe('The text; may be empty.'),
  })
  .meta({ id: 'ChatTextPart' });

const refusalPartSchema = z
  .object({
    type: z.literal('refusal'),
    refusal: z.string().describe('What the assistant said when it refused; the model reads it as text.'),
  })
  .meta({ id: 'ChatRefusalPart' });

const textContentSchema = z
  .union([z.string(), z.array(textPartSchema).min(1).max(contentPartsMax)])
  .describe(`The text, as a string or as 1 to ${contentPartsMax} parts, which the model reads as lines.`);

const assistantContentSchema = z
  .union([
    z.string(),
    z
      .array(z.discriminatedUnion('type', [textPartSchema, refusalPartSchema]))
      .min(1)
      .max(contentPartsMax),
  ])
  .nullish()
  .describe('What the assistant said. It may be absent or null only where `refusal` is given.');

const participantNameSchema = z.string().max(participantNameCharactersMax).nullish().meta({
  'x-effect': 'none',
  description: 'Name of the participant. Chat templates have no place for it, so it changes nothing.',
});

const systemMessageSchema = z.object({
  role: z.enum(['system', 'developer']).describe('`developer` is read as `system`.'),
  content: textContentSchema,
  name: participantNameSchema,
});

const userMessageSchema = z.object({
  role: z.literal('user'),
  content: textContentSchema,
  name: participantNameSchema,
});

const assistantMessageSchema = z.object({
  role: z.literal('assistant'),
  content: assistantContentSchema,
  refusal: z
    .string()
    .nullish()
    .describe('A refusal from an earlier turn; read as text when `content` is null.'),
  name: participantNameSchema,
});

/** One turn of the conversation, as a client sends it. */
export const chatMessageSchema = z
  .discriminatedUnion('role', [systemMessageSchema, userMessageSchema, assistantMessageSchema])
  .meta({ id: 'ChatMessage' });

export type WireChatMessage = z.infer<typeof chatMessageSchema>;
