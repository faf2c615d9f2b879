import type { ChatCompletion } from '../../src/protocol/openai/chat/chat-completion.ts';
import type {
  ChatCompletionChunk,
  ChatCompletionChunkChoice,
} from '../../src/protocol/openai/chat/chat-completion-chunk.ts';

const noUsage: ChatCompletion['usage'] = {
  prompt_tokens: 0,
  completion_tokens: 0,
  total_tokens: 0,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

type Message = ChatCompletion['choices'][number]['message'];
type Delta = ChatCompletionChunkChoice['delta'];

/** The plain answer that a client puts together from a stream; throws for a stream that is not whole. */
export function foldChunks(chunks: readonly ChatCompletionChunk[]): ChatCompletion {
  const [first] = chunks;
  if (first === undefined) throw new Error('The stream has no chunks.');
  const { id, created, model, system_fingerprint, service_tier } = first;
  const pieces = chunks.flatMap(({ choices }) => choices);
  const indexes = [...new Set(pieces.map(({ index }) => index))].sort((a, b) => a - b);
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    system_fingerprint,
    ...(service_tier === undefined ? {} : { service_tier }),
    choices: indexes.map((index) =>
      foldChoice(
        index,
        pieces.filter((piece) => piece.index === index),
      ),
    ),
    usage: chunks.at(-1)?.usage ?? noUsage,
  };
}

function foldChoice(
  index: number,
  pieces: readonly ChatCompletionChunkChoice[],
): ChatCompletion['choices'][number] {
  const reasons = pieces.flatMap(({ finish_reason: reason }) => (reason === null ? [] : [reason]));
  const [reason, ...more] = reasons;
  if (reason === undefined || more.length > 0) throw new Error(`Choice ${index} has ${reasons.length} ends.`);
  if (pieces.at(-1)?.finish_reason !== reason) throw new Error(`Choice ${index} goes on after its end.`);
  const roles = pieces.filter(({ delta }) => delta.role !== undefined);
  if (roles.length !== 1 || roles[0] !== pieces[0]) throw new Error(`Choice ${index} begins otherwise.`);
  return {
    index,
    message: foldMessage(pieces.map(({ delta }) => delta)),
    logprobs: foldLogprobs(pieces),
    finish_reason: reason,
  };
}

function foldMessage(deltas: readonly Delta[]): Message {
  const content = deltas.map((delta) => delta.content ?? '').join('');
  const thoughts = deltas.flatMap((delta) => delta.reasoning_content ?? []);
  const calls = foldCalls(deltas.flatMap((delta) => delta.tool_calls ?? []));
  const called = foldFunctionCall(deltas.flatMap((delta) => delta.function_call ?? []));
  const hasCalls = calls.length > 0 || called !== undefined;
  return {
    role: 'assistant',
    content: content === '' && hasCalls ? null : content,
    refusal: null,
    ...(thoughts.length > 0 ? { reasoning_content: thoughts.join(''), reasoning: thoughts.join('') } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(called === undefined ? {} : { function_call: called }),
  };
}

type ToolCall = NonNullable<Message['tool_calls']>[number];

/** A call's first piece, and no other, says what is called; calls come one after the other. */
function foldCalls(pieces: readonly NonNullable<Delta['tool_calls']>[number][]): ToolCall[] {
  const calls: ToolCall[] = [];
  for (const piece of pieces) {
    const isFirst = piece.index === calls.length;
    const { id, type, function: called } = piece;
    const { name } = called;
    if (isFirst && id !== undefined && type !== undefined && name !== undefined) {
      calls.push({ id, type, function: { name, arguments: called.arguments } });
      continue;
    }
    const last = calls.at(-1);
    if (last === undefined || piece.index !== calls.length - 1 || id !== undefined || name !== undefined) {
      throw new Error(`A piece of no call: ${JSON.stringify(piece)}`);
    }
    last.function.arguments += called.arguments;
  }
  return calls;
}

function foldFunctionCall(pieces: readonly NonNullable<Delta['function_call']>[]): Message['function_call'] {
  const [first, ...rest] = pieces;
  if (first === undefined) return undefined;
  if (first.name === undefined) throw new Error('A function call without a name.');
  if (rest.some(({ name }) => name !== undefined)) throw new Error('A function call with two names.');
  return { name: first.name, arguments: pieces.map((piece) => piece.arguments).join('') };
}

/** Null where no piece says anything of them. */
function foldLogprobs(
  pieces: readonly ChatCompletionChunkChoice[],
): ChatCompletion['choices'][number]['logprobs'] {
  const told = pieces.flatMap(({ logprobs }) => (logprobs === null ? [] : [logprobs]));
  if (told.length === 0) return null;
  return { content: told.flatMap(({ content }) => content ?? []), refusal: null };
}
