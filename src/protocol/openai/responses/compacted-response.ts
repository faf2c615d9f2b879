// The answer of a compaction: what the user said last, as it stands, and the summary. A client sends it in place of the
// conversation.
import { z } from 'zod';
import { isWish } from './compaction.ts';
import { toEncryptedContent } from './reasoning-text.ts';
import { type InputItem, isMessageItem } from './response-item.ts';
import { responseSchema, type WireResponse } from './response-object.ts';
import { storedItemSchema, toStoredItems } from './stored-response.ts';

/** Characters of JSON of the messages of the user that stay as they are, the last ones first. */
const keptCharactersMax = 16_000;

const compactionSchema = z
  .object({
    id: z.string(),
    type: z.literal('compaction'),
    encrypted_content: z.string().describe('The summary. Opaque; send it back.'),
  })
  .meta({ id: 'ResponseCompaction' });

export const compactedResponseSchema = z
  .object({
    id: z.string(),
    object: z.literal('response.compaction'),
    created_at: z.int().describe('Unix time in seconds.'),
    output: z
      .array(z.union([storedItemSchema, compactionSchema]))
      .describe(
        `The last messages of the user, up to ${keptCharactersMax} characters, and the summary. Send them in place of the conversation.`,
      ),
    usage: responseSchema.shape.usage.unwrap(),
  })
  .meta({ id: 'CompactedResponse' });

export type CompactedResponse = z.infer<typeof compactedResponseSchema>;

/** Undefined if the model wrote no summary. */
export function toCompactedResponse(
  { id, created_at, output, usage, status }: WireResponse,
  conversation: readonly InputItem[],
): CompactedResponse | undefined {
  const text = output.flatMap((item) =>
    item.type === 'message' ? item.content.map((part) => part.text) : [],
  );
  const summary = text.join('\n').trim();
  if (summary === '' || usage === null) return undefined;
  const kept = toStoredItems(pickLastOfUser(conversation), id);
  const whole = status === 'completed' ? summary : `${summary}\n\n(The summary was cut off here.)`;
  const compaction = {
    id: `cmp_${id.replace(/^resp_/, '')}_${kept.length}`,
    type: 'compaction' as const,
    encrypted_content: toEncryptedContent(whole),
  };
  return { id, object: 'response.compaction', created_at, output: [...kept, compaction], usage };
}

function pickLastOfUser(conversation: readonly InputItem[]): InputItem[] {
  let left = keptCharactersMax;
  const picked: InputItem[] = [];
  for (const item of conversation.toReversed()) {
    if (!isMessageItem(item) || item.role !== 'user' || isWish(item)) continue;
    left -= JSON.stringify(item).length;
    if (left < 0) break;
    picked.unshift(item);
  }
  return picked;
}
