import { findUnknownFields } from '../chat/find-ignored-parameters.ts';
import { RequestError } from '../shared/error.ts';
import type { QueryFields } from '../shared/list-query.ts';
import { throwProblems, toStrictProblem } from '../shared/parse-fields.ts';

/**
 * The names in the query of `GET /responses/{id}` that change nothing. A stored response can't be streamed again.
 *
 * @throws {RequestError} for a stream, and where `strict` for each name that changes nothing.
 */
export function parseRetrievalQuery(query: QueryFields, { strict }: { readonly strict: boolean }): string[] {
  const stream = query['stream'];
  if (stream !== undefined && stream !== 'false') {
    const message = "Unsupported parameter: 'stream' is not supported for a stored response. Leave it out.";
    throw new RequestError([{ code: 'unsupported_parameter', param: 'stream', message }]);
  }
  const ignored = findUnknownFields(query, (name) => name === 'stream');
  if (strict) throwProblems(ignored.map(toStrictProblem));
  return ignored;
}

/** There are no responses in the background: what is stored is finished. */
export function createCancelRefusal(): RequestError {
  const message =
    'Cannot cancel a synchronous response. To cancel one that is under way, close its connection.';
  return new RequestError([{ code: 'invalid_value', param: 'response_id', message }]);
}
