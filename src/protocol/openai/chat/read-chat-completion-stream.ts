import { z } from 'zod';
import { tryParseJson } from '../../../json/try-parse-json.ts';
import { EventStreamError } from '../shared/event-stream-parser.ts';
import { parseErrorBody } from '../shared/parse-error-body.ts';
import { readEventStream } from '../shared/read-event-stream.ts';

/** A piece of a streamed answer. `end` comes once, last, and only when the stream is whole. */
export type ChatStreamEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end'; readonly finishReason: string | undefined };

/** The server said in mid-stream that it failed. The message is the server's. */
export class ChatStreamFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChatStreamFailure';
  }
}

/** Only what a reader of the text needs: other servers leave out much of what ours sends. */
const receivedChunkSchema = z.object({
  choices: z.array(
    z.object({
      delta: z.object({ content: z.string().nullish() }).nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
});

/**
 * Reads a streamed chat completion with one choice.
 *
 * @throws ChatStreamFailure for an error event; EventStreamError for anything that is no such stream, and for
 * one that ends without `[DONE]`: a broken answer must never pass for a whole one.
 */
export async function* readChatCompletionStream(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<ChatStreamEvent, void, undefined> {
  let finishReason: string | undefined;
  for await (const event of readEventStream(bytes)) {
    if (event === '[DONE]') {
      yield { type: 'end', finishReason };
      return;
    }
    const [choice] = parseChunk(event).choices;
    const text = choice?.delta?.content ?? '';
    if (text !== '') yield { type: 'text', text };
    finishReason = choice?.finish_reason ?? finishReason;
  }
  throw new EventStreamError('The stream ended before the answer was complete.');
}

function parseChunk(event: string): z.output<typeof receivedChunkSchema> {
  const value = tryParseJson(event);
  if (value === undefined) throw new EventStreamError('The stream has an event that is not JSON.');
  const failure = parseErrorBody(value);
  if (failure !== undefined) throw new ChatStreamFailure(failure.message);
  const parsed = receivedChunkSchema.safeParse(value);
  if (!parsed.success) throw new EventStreamError('The stream has an event that is not a chat chunk.');
  return parsed.data;
}
