// The answer of a well-behaved upstream in pieces, for those that behave badly.
import type { ServerResponse } from 'node:http';

export const pieces = ['Hel', 'lo ', 'wörld'] as const;

export const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

const head = { id: 'chatcmpl-up', created: 1_700_000_000, model: 'up' };

export const sseHead = { 'content-type': 'text/event-stream' };

export const jsonHead = { 'content-type': 'application/json' };

export function chunk(choice: object | undefined, more: object = {}): object {
  const choices = choice === undefined ? [] : [{ index: 0, logprobs: null, finish_reason: null, ...choice }];
  return { ...head, object: 'chat.completion.chunk', choices, ...more };
}

export const roleChunk = chunk({ delta: { role: 'assistant', content: '' } });

export const textChunks: readonly object[] = pieces.map((content) => chunk({ delta: { content } }));

export const finishChunk = chunk({ delta: {}, finish_reason: 'stop' });

export const usageChunk = chunk(undefined, { usage });

/** All chunks of the answer. */
export const allChunks = [roleChunk, ...textChunks, finishChunk, usageChunk];

/** As events, without the end. */
export function events(...chunks: readonly object[]): string {
  return chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
}

export const done = 'data: [DONE]\n\n';

export const wholeEvents = events(...allChunks) + done;

/** The same as one object. */
export function completion(message: object = {}, more: object = {}): object {
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: pieces.join(''), refusal: null, ...message },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
    ...more,
  };
}

export const wholeText = JSON.stringify(completion());

/** What a well-behaved upstream says to either kind of request. */
export function wholeBody(isStreamed: boolean): string {
  return isStreamed ? wholeEvents : wholeText;
}

export function wholeHead(isStreamed: boolean): Record<string, string> {
  return isStreamed ? sseHead : jsonHead;
}

/** Writes, and waits until it is gone, so that each piece is a packet of its own. */
export async function writeAlone(
  response: ServerResponse,
  bytes: string | Uint8Array,
  ms = 2,
): Promise<void> {
  response.write(bytes);
  await new Promise((resolve) => setTimeout(resolve, ms));
}
