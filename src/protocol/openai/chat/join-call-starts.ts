import type { ChunkFold } from '../shared/chunk-fold.ts';
import type { ChatCompletionChunk, ChatCompletionChunkChoice } from './chat-completion-chunk.ts';

/**
 * Sends the name of a call together with the first piece of its arguments, which is a token later. Clients of this
 * API's former SDKs take empty arguments for `{}`, and would put that in front of the rest.
 */
export function joinCallStarts(fold: ChunkFold<ChatCompletionChunk>): ChunkFold<ChatCompletionChunk> {
  const held = new Map<number, ChatCompletionChunk>();
  const holdOrSend = (chunk: ChatCompletionChunk): ChatCompletionChunk[] => {
    const [choice] = chunk.choices;
    if (choice === undefined || !isBareStart(choice)) return [chunk];
    held.set(choice.index, chunk);
    return [];
  };
  const toJoined = (chunk: ChatCompletionChunk): ChatCompletionChunk[] => {
    // A chunk has one choice, or none where it has the usage of all that have ended.
    const [choice] = chunk.choices;
    const start = choice && held.get(choice.index);
    if (choice === undefined || start === undefined) return holdOrSend(chunk);
    held.delete(choice.index);
    const joined = join(start.choices[0], choice);
    return joined === undefined ? [start, ...holdOrSend(chunk)] : [{ ...chunk, choices: [joined] }];
  };
  return { push: (event) => fold.push(event).flatMap(toJoined) };
}

/** A name without any arguments, and without log-probabilities that would have to be joined too. */
function isBareStart({ delta, logprobs }: ChatCompletionChunkChoice): boolean {
  const [call] = delta.tool_calls ?? [];
  return logprobs === null && call?.id !== undefined && call.function.arguments === '';
}

/** undefined: what follows is no piece of this call. */
function join(
  start: ChatCompletionChunkChoice | undefined,
  next: ChatCompletionChunkChoice,
): ChatCompletionChunkChoice | undefined {
  const [call] = start?.delta.tool_calls ?? [];
  const [piece] = next.delta.tool_calls ?? [];
  if (call === undefined || piece === undefined || piece.id !== undefined) return undefined;
  if (piece.index !== call.index) return undefined;
  const { arguments: text } = piece.function;
  return { ...next, delta: { tool_calls: [{ ...call, function: { ...call.function, arguments: text } }] } };
}
