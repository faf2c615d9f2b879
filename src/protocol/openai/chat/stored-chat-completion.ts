// A chat completion as it is kept: the answer, the parameters that it was asked with, and the conversation.

import { z } from 'zod';
import { parseJson } from '../../../json/parse-json.ts';
import { writeJson } from '../../../json/write-json.ts';
import { isJsonObject } from '../shared/json-object.ts';
import { toListPageSchema } from '../shared/list-page.ts';
import { type ChatCompletion, chatCompletionSchema } from './chat-completion.ts';
import type { ChatCompletionRequest } from './chat-completion-request.ts';
import type { WireChatMessage } from './chat-message.ts';

const metadataMapSchema = z
  .record(z.string(), z.string())
  .describe('Metadata of the client. It can be changed.');

const givenNumberSchema = z.number().nullable();

export const storedChatCompletionSchema = chatCompletionSchema
  .extend({
    metadata: metadataMapSchema,
    request_id: z.string().describe('The `x-request-id` of the answer.'),
    temperature: givenNumberSchema.describe(
      'As in the request, like the following fields; null if absent there.',
    ),
    top_p: givenNumberSchema,
    frequency_penalty: givenNumberSchema,
    presence_penalty: givenNumberSchema,
    seed: givenNumberSchema,
    input_user: z.string().nullable().describe('`user` of the request.'),
    tools: z.array(z.unknown()).nullable(),
    tool_choice: z.unknown(),
    response_format: z.unknown(),
  })
  .meta({ id: 'StoredChatCompletion' });

const storedMessageSchema = z
  .object({
    id: z.string().describe("The completion's id and the position of the message, from 0."),
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
    content: z.string().nullable().describe('Null if the content was sent as parts, or not at all.'),
    content_parts: z.array(z.unknown()).nullable().describe('The content, if it was sent as parts.'),
    refusal: z.string().nullable(),
    name: z.string().optional(),
    tool_calls: z.array(z.unknown()).optional(),
    tool_call_id: z.string().optional(),
    function_call: z.unknown().optional(),
  })
  .meta({ id: 'StoredChatMessage' });

export const storedChatCompletionListSchema = toListPageSchema(
  storedChatCompletionSchema,
  'StoredChatCompletionList',
);

export const storedChatMessageListSchema = toListPageSchema(storedMessageSchema, 'StoredChatMessageList');

export const chatCompletionDeletedSchema = z
  .object({ id: z.string(), object: z.literal('chat.completion.deleted'), deleted: z.literal(true) })
  .meta({ id: 'ChatCompletionDeleted' });

export type StoredChatCompletion = z.infer<typeof storedChatCompletionSchema>;
export type StoredChatMessage = z.infer<typeof storedMessageSchema>;
export type ChatCompletionDeleted = z.infer<typeof chatCompletionDeletedSchema>;

type KeptCompletion = Omit<StoredChatCompletion, 'metadata'>;

/** The two texts that are stored. */
export interface StoredTexts {
  readonly inputText: string;
  readonly outputText: string;
}

export function toStoredChatTexts(
  request: ChatCompletionRequest,
  completion: ChatCompletion,
  requestId: string,
): StoredTexts {
  const kept: KeptCompletion = {
    ...completion,
    request_id: requestId,
    temperature: request.temperature ?? null,
    top_p: request.top_p ?? null,
    frequency_penalty: request.frequency_penalty ?? null,
    presence_penalty: request.presence_penalty ?? null,
    seed: (request.seed as number | null | undefined) ?? null,
    input_user: request.user ?? null,
    tools: request.tools ?? null,
    tool_choice: request.tool_choice ?? null,
    response_format: request.response_format ?? null,
  };
  return { inputText: JSON.stringify(request.messages), outputText: writeJson(kept) };
}

/** The API object for the texts that `toStoredChatTexts` wrote. */
export function readStoredChatCompletion({
  outputText,
  metadata,
}: {
  readonly outputText: string;
  readonly metadata: Readonly<Record<string, string>>;
}): StoredChatCompletion {
  const kept = parseJson(outputText) as KeptCompletion;
  return { ...kept, metadata };
}

/** The conversation of the request. Each message has an id. */
export function readStoredChatMessages({
  id,
  inputText,
}: {
  readonly id: string;
  readonly inputText: string;
}): StoredChatMessage[] {
  const messages = JSON.parse(inputText) as WireChatMessage[];
  return messages.map((message, index) => {
    const { content = null, ...others } = message;
    const parts = Array.isArray(content) ? content : null;
    return {
      refusal: null,
      ...withoutNulls(others),
      role: message.role,
      id: `${id}-${index}`,
      content: typeof content === 'string' ? content : null,
      content_parts: parts,
    };
  });
}

function withoutNulls(message: object): object {
  return isJsonObject(message)
    ? Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null))
    : message;
}
