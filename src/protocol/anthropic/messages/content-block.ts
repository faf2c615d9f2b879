import { z } from 'zod';
import { contentPartsMax, toolCallIdCharactersMax } from '../../openai/chat/chat-message.ts';
import { imageAddressCharactersMax } from '../../openai/chat/image-part.ts';
import { isJsonObject } from '../../openai/shared/json-object.ts';

/** UTF-16 code units of the name of a tool. */
export const messageToolNameCharactersMax = 128;

export const messageToolNameSchema = z
  .string()
  .regex(/^[a-zA-Z0-9_.-]{1,128}$/)
  .describe(`1 to ${messageToolNameCharactersMax} letters, digits, underscores, hyphens and dots.`);

/** The prompt cache needs no marks: it finds the longest common beginning itself. */
export const cacheControlFields = {
  cache_control: z.unknown().optional().meta({
    'x-effect': 'none',
    description: 'Accepted. The prompt cache works without marks.',
  }),
};

export const textBlockSchema = z
  .object({
    type: z.literal('text'),
    text: z.string().describe('The text; may be empty.'),
    citations: z
      .unknown()
      .optional()
      .meta({ 'x-effect': 'none', description: 'Of an earlier answer. The model reads the text only.' }),
    ...cacheControlFields,
  })
  .meta({ id: 'MessageTextBlock' });

const imageSourceSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('base64'),
    media_type: z.string().regex(/^image\/[\w.+-]{1,100}$/),
    data: z.string().min(1).describe('The bytes in Base64.'),
  }),
  z.object({
    type: z.literal('url'),
    url: z
      .string()
      .regex(/^https?:\/\/[^\s/]/i)
      .max(imageAddressCharactersMax),
  }),
]);

const imageBlockSchema = z
  .object({ type: z.literal('image'), source: imageSourceSchema, ...cacheControlFields })
  .meta({ id: 'MessageImageBlock', description: 'Only for models that read images.' });

const textOrImageSchema = z.discriminatedUnion('type', [textBlockSchema, imageBlockSchema]);

const documentBlockSchema = z
  .object({
    type: z.literal('document'),
    source: z.discriminatedUnion('type', [
      z.object({
        type: z.literal('text'),
        media_type: z.literal('text/plain').nullish(),
        data: z.string(),
      }),
      z.object({
        type: z.literal('content'),
        content: z.union([z.string(), z.array(textOrImageSchema).max(contentPartsMax)]),
      }),
    ]),
    title: z.string().nullish(),
    context: z.string().nullish(),
    citations: z.unknown().optional().meta({
      'x-effect': 'none',
      description: 'The answer has no citations. Listed in `x-ignored-params` if they are enabled.',
    }),
    ...cacheControlFields,
  })
  .meta({
    id: 'MessageDocumentBlock',
    description: 'A document as text. The model reads the title, the context and the text as lines.',
  });

const searchResultBlockSchema = z
  .object({
    type: z.literal('search_result'),
    source: z.string(),
    title: z.string(),
    content: z.array(textBlockSchema).max(contentPartsMax),
    citations: documentBlockSchema.shape.citations,
    ...cacheControlFields,
  })
  .meta({ id: 'MessageSearchResultBlock' });

/** In results of tools whose tools or state Anthropic keeps. */
const hostedResultTypes = ['tool_reference', 'browser_state'] as const;

const hostedResultSchema = z.object({ type: z.enum(hostedResultTypes) }).meta({
  id: 'MessageHostedResultBlock',
  'x-effect': 'none',
  description: 'Refers to what Anthropic keeps. Left out, and listed in `x-ignored-params`.',
});

/** What the model reads, said by the user or by a tool. */
const readableSchemas = [
  textBlockSchema,
  imageBlockSchema,
  documentBlockSchema,
  searchResultBlockSchema,
] as const;

const toolUseIdSchema = z.string().min(1).max(toolCallIdCharactersMax);

const toolResultBlockSchema = z
  .object({
    type: z.literal('tool_result'),
    tool_use_id: toolUseIdSchema.describe('Id of a `tool_use` block of an earlier assistant message.'),
    content: z
      .union([
        z.string(),
        z.array(z.discriminatedUnion('type', [...readableSchemas, hostedResultSchema])).max(contentPartsMax),
      ])
      .nullish()
      .describe(
        'The result. A model that reads no images reads a sentence in place of each, and `x-ignored-params` lists the first one.',
      ),
    is_error: z.boolean().nullish().meta({
      default: false,
      description: 'True: the model reads `Error: ` before the result, unless the result says so itself.',
    }),
    toolset_name: z.string().nullish().meta({ 'x-effect': 'none' }),
    ...cacheControlFields,
  })
  .meta({ id: 'MessageToolResultBlock' });

const thinkingBlockSchema = z
  .object({
    type: z.literal('thinking'),
    thinking: z.string().describe('For chat templates that show earlier reasoning to the model.'),
    signature: z.string().nullish().describe('Opaque. It is not checked.'),
  })
  .meta({ id: 'MessageThinkingBlock' });

const redactedThinkingBlockSchema = z
  .object({
    type: z.literal('redacted_thinking'),
    data: z.string().nullish(),
  })
  .meta({
    id: 'MessageRedactedThinkingBlock',
    'x-effect': 'none',
    description: 'Only its maker can read it. Left out, and listed in `x-ignored-params`.',
  });

const toolUseBlockSchema = z
  .object({
    type: z.literal('tool_use'),
    id: toolUseIdSchema,
    name: messageToolNameSchema,
    input: z
      .unknown()
      .refine(isJsonObject, { params: { expected: 'object' } })
      .meta({ type: 'object', description: 'The arguments.' }),
    caller: z.unknown().optional().meta({ 'x-effect': 'none' }),
    toolset_name: z.string().nullish().meta({ 'x-effect': 'none' }),
    ...cacheControlFields,
  })
  .meta({ id: 'MessageToolUseBlock' });

/** Of conversations in which Anthropic runs tools, or changes them. */
export const hostedBlockTypes = [
  'server_tool_use',
  'mcp_tool_use',
  'mcp_tool_result',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
  'mcp_tool_listing',
  'container_upload',
  'tool_addition',
  'tool_removal',
  'fallback',
] as const;

const hostedBlockSchema = z.object({ type: z.enum(hostedBlockTypes) }).meta({
  id: 'MessageHostedToolBlock',
  'x-effect': 'none',
  description:
    'A call of a tool that Anthropic runs, its result, or a change of these tools. Left out, and listed in `x-ignored-params`.',
});

const compactionBlockSchema = z
  .object({
    type: z.literal('compaction'),
    content: z.string().nullish().describe('The summary. Without it the block is left out.'),
    encrypted_content: z.string().nullish().meta({ 'x-effect': 'none' }),
    signature: z.string().nullish().meta({ 'x-effect': 'none' }),
    ...cacheControlFields,
  })
  .meta({
    id: 'MessageCompactionBlock',
    description:
      'A summary that stands in place of all that is before it. The model reads it as a message of the user.',
  });

const userMessageSchema = z.object({
  role: z.literal('user'),
  content: z
    .union([
      z.string(),
      z
        .array(z.discriminatedUnion('type', [...readableSchemas, toolResultBlockSchema, hostedBlockSchema]))
        .min(1)
        .max(contentPartsMax),
    ])
    .describe('A text or blocks. Results of tools are read before the rest.'),
});

const assistantMessageSchema = z.object({
  role: z.literal('assistant'),
  content: z.union([
    z.string(),
    z
      .array(
        z.discriminatedUnion('type', [
          textBlockSchema,
          thinkingBlockSchema,
          redactedThinkingBlockSchema,
          toolUseBlockSchema,
          compactionBlockSchema,
          hostedBlockSchema,
        ]),
      )
      .max(contentPartsMax),
  ]),
});

/** A text, or blocks of text. */
export const systemContentSchema = z.union([z.string(), z.array(textBlockSchema).max(contentPartsMax)]);

const systemMessageSchema = z.object({
  role: z.literal('system'),
  content: z.union([
    z.string(),
    z.array(z.discriminatedUnion('type', [textBlockSchema, hostedBlockSchema])).max(contentPartsMax),
  ]),
});

/** One turn of the conversation. */
export const messageParamSchema = z
  .discriminatedUnion('role', [userMessageSchema, assistantMessageSchema, systemMessageSchema])
  .meta({ id: 'MessageParam' });

export type MessageParam = z.infer<typeof messageParamSchema>;
export type SystemContent = z.infer<typeof systemMessageSchema>['content'];
type BlocksOf<Content> = Exclude<Content, string | null | undefined>;
export type UserBlock = BlocksOf<z.infer<typeof userMessageSchema>['content']>[number];
export type AssistantBlock = BlocksOf<z.infer<typeof assistantMessageSchema>['content']>[number];
export type ToolResultBlock = z.infer<typeof toolResultBlockSchema>;
export type ReadableBlock = z.infer<(typeof readableSchemas)[number]>;
export type HostedBlock = z.infer<typeof hostedBlockSchema | typeof hostedResultSchema>;

const leftOutTypes: ReadonlySet<string> = new Set([...hostedBlockTypes, ...hostedResultTypes]);

export function isHostedBlock(block: { readonly type: string }): block is HostedBlock {
  return leftOutTypes.has(block.type);
}
