import { RequestError, type RequestProblem } from '../shared/error.ts';
import { type ListOrder, type ListQuery, parseListQuery, type QueryFields } from '../shared/list-query.ts';

/** UTF-16 code units. */
const filterCharactersMax = 256;

export interface AdminListQuery extends Pick<ListQuery, 'after' | 'limit' | 'order'> {
  readonly filter: string | undefined;
}

/**
 * A query of a list that only an operator asks for: what is not known is refused.
 *
 * @throws {RequestError}
 */
export function parseAdminListQuery(
  fields: QueryFields,
  orderDefault: ListOrder,
  filterName?: string,
): AdminListQuery {
  const { [filterName ?? '']: given, ...rest } = fields;
  const filter = filterName === undefined ? undefined : given;
  const plain = filterName === undefined ? fields : rest;
  const query = parseListQuery(plain, { orderDefault, hasFilters: false, strict: false });
  const [unknown] = query.ignoredParameters;
  if (unknown !== undefined) {
    throw new RequestError([toProblem('unsupported_parameter', unknown, `Unknown parameter: '${unknown}'.`)]);
  }
  const { after, limit, order } = query;
  if (filter === undefined) return { after, limit, order, filter: undefined };
  if (typeof filter === 'string' && filter.length > 0 && filter.length <= filterCharactersMax) {
    return { after, limit, order, filter };
  }
  const name = filterName ?? '';
  const message = `Invalid '${name}': expected one id of 1 to ${filterCharactersMax} characters.`;
  throw new RequestError([toProblem('invalid_value', name, message)]);
}

function toProblem(code: RequestProblem['code'], param: string, message: string): RequestProblem {
  return { code, param, message };
}
