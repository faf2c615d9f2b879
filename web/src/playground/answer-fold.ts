import type { Answer, AnswerToken, ToolCall } from './conversation.ts';

interface WireToken {
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs?: readonly { readonly token: string; readonly logprob: number }[];
}

/** A chunk of a streamed chat completion, as far as it is read here. */
interface WireChunk {
  readonly error?: { readonly message?: string; readonly code?: string | null };
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly reasoning_content?: string | null;
      readonly reasoning?: string | null;
      readonly refusal?: string | null;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function?: { readonly name?: string; readonly arguments?: string };
      }[];
    };
    readonly logprobs?: { readonly content?: readonly WireToken[] | null } | null;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
}

/** An answer that grows. */
export interface AnswerFold {
  /** Takes the data of an event, received at this time since the request. @throws {StreamProblem} */
  take(text: string, atMs: number): void;
  /** As it is now. */
  read(): Answer;
}

/** The stream says that the answer failed. */
export class StreamProblem extends Error {
  readonly code: string | undefined;

  constructor(message: string | undefined, code?: string | null) {
    super(message ?? 'The answer failed.');
    this.code = code ?? undefined;
  }
}

export function createAnswerFold(model: string): AnswerFold {
  let text = '';
  let reasoning = '';
  const calls: { id: string; name: string; arguments: string }[] = [];
  const tokens: AnswerToken[] = [];
  let finishReason: string | undefined;
  let usage: WireChunk['usage'];
  let firstTokenMs: number | undefined;
  const takeChoice = (
    { delta = {}, logprobs, finish_reason }: NonNullable<WireChunk['choices']>[number],
    atMs: number,
  ) => {
    const piece = delta.content ?? delta.refusal ?? '';
    const thought = delta.reasoning_content ?? delta.reasoning ?? '';
    text += piece;
    reasoning += thought;
    for (const { index, id, function: called } of delta.tool_calls ?? []) {
      calls[index] ??= { id: '', name: '', arguments: '' };
      const call = calls[index];
      if (id !== undefined) call.id = id;
      call.name += called?.name ?? '';
      call.arguments += called?.arguments ?? '';
    }
    if (piece !== '' || thought !== '' || delta.tool_calls !== undefined) firstTokenMs ??= atMs;
    if (logprobs?.content) tokens.push(...logprobs.content.map(toToken));
    finishReason = finish_reason ?? finishReason;
  };
  return {
    take: (line, atMs) => {
      if (line === '[DONE]') return;
      const chunk = JSON.parse(line) as WireChunk;
      if (chunk.error !== undefined) throw new StreamProblem(chunk.error.message, chunk.error.code);
      const choice = chunk.choices?.[0];
      if (choice !== undefined) takeChoice(choice, atMs);
      usage = chunk.usage ?? usage;
    },
    read: () => ({
      model,
      text,
      reasoning,
      toolCalls: calls.map((call): ToolCall => ({ ...call })),
      tokens: [...tokens],
      finishReason,
      promptTokens: usage?.prompt_tokens,
      completionTokens: usage?.completion_tokens,
      firstTokenMs,
      durationMs: undefined,
      problem: undefined,
    }),
  };
}

function toToken({ token, logprob, top_logprobs = [] }: WireToken): AnswerToken {
  const alternatives = top_logprobs.map((one) => ({ text: one.token, logprob: one.logprob }));
  return { text: token, logprob, alternatives };
}
