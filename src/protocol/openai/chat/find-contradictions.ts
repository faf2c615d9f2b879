import type { RequestProblem } from '../shared/error.ts';
import { findDifference } from '../shared/find-difference.ts';
import type { ChatCompletionRequest } from './chat-completion-request.ts';

type RequestFields = Omit<ChatCompletionRequest, 'messages'>;

/**
 * Finds fields that are valid alone but not together. `isBound`: the request has a response format or tools.
 */
export function findContradictions(request: RequestFields, isBound = false): RequestProblem[] {
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
  return [...problems, ...findEndlessAnswer(request, isBound)];
}

/** A text in a form is over when its form is, and so is a call. */
export function findEndlessAnswer(request: RequestFields, isBound: boolean): RequestProblem[] {
  const {
    min_tokens: least,
    ignore_eos: isEndless,
    max_tokens: older,
    max_completion_tokens: newer,
  } = request;
  const most = newer ?? older;
  const problems: RequestProblem[] = [];
  if (typeof least === 'number' && typeof most === 'number' && least > most) {
    problems.push({
      code: 'invalid_value',
      param: 'min_tokens',
      message: `Invalid value for 'min_tokens': ${least} is more than the ${most} tokens that the answer may have.`,
    });
  }
  for (const param of isBound ? [least ? 'min_tokens' : '', isEndless ? 'ignore_eos' : ''] : []) {
    if (param === '') continue;
    problems.push({
      code: 'unsupported_parameter',
      param,
      message: `Unsupported parameter: '${param}' is not supported together with a form of the answer or with tools that may be called: both end where they are complete. Leave it out.`,
    });
  }
  return problems;
}
