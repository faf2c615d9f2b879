import { quoteInput, type RequestProblem } from './error.ts';

/**
 * With strict compatibility a tool that would be left out is refused by its type.
 *
 * @param remedy a sentence
 */
export function toLeftOutToolProblem(param: string, type: string, remedy: string): RequestProblem {
  return {
    code: 'unsupported_parameter',
    param,
    message: `Unsupported tool: '${param}' has the type ${quoteInput(type)}, which this server does not have, and the request requires strict compatibility. ${remedy}`,
  };
}
