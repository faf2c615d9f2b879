import type { ChatCompletionRequest } from './chat-completion-request.ts';
import type { RequestProblem } from './error.ts';

type RequestFields = Omit<ChatCompletionRequest, 'messages'>;

/** What each field allows and both together do not. */
export function findContradictions(request: RequestFields): RequestProblem[] {
  const problems = [
    ...findDifference(request, 'max_tokens', 'max_completion_tokens', 'the older name of'),
    ...findDifference(request, 'repeat_penalty', 'repetition_penalty', 'another name of'),
  ];
  if (typeof request.stream_options === 'object' && request.stream_options !== null && !request.stream) {
    problems.push({
      code: 'invalid_value',
      param: 'stream_options',
      message: "Invalid value for 'stream_options': it is only allowed when 'stream' is true.",
    });
  }
  if (request.top_logprobs && !request.logprobs) {
    problems.push({
      code: 'invalid_value',
      param: 'top_logprobs',
      message: "Invalid value for 'top_logprobs': it is only allowed when 'logprobs' is true.",
    });
  }
  return problems;
}

type NumberField = 'max_tokens' | 'max_completion_tokens' | 'repeat_penalty' | 'repetition_penalty';

/** Two names for one parameter must have one value. */
function findDifference(
  request: RequestFields,
  alias: NumberField,
  name: NumberField,
  relation: string,
): RequestProblem[] {
  const { [alias]: first, [name]: second } = request;
  if (typeof first !== 'number' || typeof second !== 'number' || first === second) return [];
  return [
    {
      code: 'invalid_value',
      param: alias,
      message: `Invalid value for '${alias}': it is ${relation} '${name}', and ${first} and ${second} differ. Send one of them.`,
    },
  ];
}
