// The answer for clients of the deprecated `functions`: one call, under its older name. Such a request allows no
// second one.
import type { ChatCompletion, WireFinishReason } from './chat-completion.ts';
import type { ChatCompletionChunk } from './chat-completion-chunk.ts';

export function toFunctionCallCompletion(completion: ChatCompletion): ChatCompletion {
  const choices = completion.choices.map(({ message, finish_reason, ...choice }) => {
    const { tool_calls, ...others } = message;
    const called = tool_calls?.[0]?.function;
    return {
      ...choice,
      message: called === undefined ? others : { ...others, function_call: called },
      finish_reason: toOlderReason(finish_reason),
    };
  });
  return { ...completion, choices };
}

export function toFunctionCallChunk(chunk: ChatCompletionChunk): ChatCompletionChunk {
  const choices = chunk.choices.map(({ delta, finish_reason, ...choice }) => {
    const { tool_calls, ...others } = delta;
    const called = tool_calls?.[0]?.function;
    return {
      ...choice,
      delta: called === undefined ? others : { ...others, function_call: called },
      finish_reason: finish_reason && toOlderReason(finish_reason),
    };
  });
  return { ...chunk, choices };
}

function toOlderReason(reason: WireFinishReason): WireFinishReason {
  return reason === 'tool_calls' ? 'function_call' : reason;
}
