import type { RequestProblem } from '../shared/error.ts';
import type { JsonObject } from '../shared/json-object.ts';

/** Names of another endpoint, each with the name that its meaning has here, and the values that change nothing. */
export type MovedParameters = Readonly<
  Record<string, { readonly to: string; readonly neutral?: readonly unknown[] }>
>;

export const movedToChat: MovedParameters = {
  input: { to: 'messages' },
  instructions: { to: 'messages' },
  max_output_tokens: { to: 'max_completion_tokens' },
  previous_response_id: { to: 'messages' },
  text: { to: 'response_format' },
};

export const movedToCompletions: MovedParameters = {
  input: { to: 'prompt' },
  max_output_tokens: { to: 'max_tokens' },
  messages: { to: 'prompt' },
};

export const movedToResponses: MovedParameters = {
  function_call: { to: 'tool_choice', neutral: ['none', 'auto'] },
  functions: { to: 'tools' },
  logprobs: { to: 'include', neutral: [false] },
  max_completion_tokens: { to: 'max_output_tokens' },
  max_tokens: { to: 'max_output_tokens' },
  messages: { to: 'input' },
  reasoning_effort: { to: 'reasoning.effort' },
  response_format: { to: 'text.format' },
};

/** A parameter of another endpoint would be ignored silently, so refuse it in OpenAI's words. */
export function findMovedParameters(body: JsonObject, moved: MovedParameters): RequestProblem[] {
  return Object.entries(moved).flatMap(([name, { to, neutral = [] }]) => {
    const value = Object.hasOwn(body, name) ? body[name] : null;
    if (value === null || neutral.includes(value) || (Array.isArray(value) && value.length === 0)) return [];
    const message = `Unsupported parameter: '${name}'. In this endpoint, this parameter has moved to '${to}'.`;
    return [{ code: 'unsupported_parameter' as const, param: name, message }];
  });
}
