import { RequestError } from '../shared/error.ts';
import { type ListQuery, parseListQuery, type QueryFields } from '../shared/list-query.ts';

type OrganizationListQuery = Pick<ListQuery, 'after' | 'limit' | 'order' | 'ignoredParameters'>;

const booleans: readonly unknown[] = ['true', 'false'];
const accesses: readonly unknown[] = ['active', 'any'];

/** `include_archived` changes nothing: no project is archived here. */
export function parseProjectListQuery(fields: QueryFields): OrganizationListQuery {
  return parseQuery(fields, 'include_archived', booleans);
}

/** All keys are listed, of whatever status: `owner_project_access` may ask for that alone. */
export function parseKeyListQuery(fields: QueryFields): OrganizationListQuery {
  return parseQuery(fields, 'owner_project_access', accesses);
}

function parseQuery(fields: QueryFields, name: string, accepted: readonly unknown[]): OrganizationListQuery {
  const { [name]: value, ...rest } = fields;
  if (value !== undefined && !accepted.includes(value)) {
    const message = `Unsupported value for '${name}'. Supported values are: ${accepted.map((one) => `'${String(one)}'`).join(', ')}.`;
    throw new RequestError([{ code: 'unsupported_value', param: name, message }]);
  }
  const query = parseListQuery(rest, { orderDefault: 'desc', hasFilters: false, strict: false });
  const { after, limit, order, ignoredParameters } = query;
  return { after, limit, order, ignoredParameters };
}
