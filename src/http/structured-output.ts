import { BackendError } from '../backend/backend-error.ts';
import type { ChatRun } from '../service/chat.ts';
import { ServiceError } from '../service/service-error.ts';

/** Bytes of the header that names what is not enforced; servers before us refuse headers of 8 KB and less. */
export const unenforcedHeaderBytesMax = 1_024;

/** Ends the header when there are more names than it holds. */
const more = '...';

/** Headers of an answer that has a form: how many attempts it took, and what is not enforced of a schema. */
export function toStructuredHeaders({
  record,
  unenforced,
}: Pick<ChatRun, 'record' | 'unenforced'>): Record<string, string> {
  const { structuredAttempts } = record;
  return {
    ...(structuredAttempts === undefined ? {} : { 'x-structured-attempts': String(structuredAttempts) }),
    ...(unenforced.length === 0 ? {} : { 'x-structured-unenforced': toHeaderList(unenforced) }),
  };
}

function toHeaderList(paths: readonly string[]): string {
  const bytesLeftMin = `, ${more}`.length;
  let list = '';
  for (const path of paths) {
    // A property's name may hold anything; ASCII is one byte a character, and the list is separated by commas.
    const safe = path.slice(0, unenforcedHeaderBytesMax).replace(/[^\w.$[\]-]/g, '_');
    const longer = list === '' ? safe : `${list}, ${safe}`;
    if (longer.length > unenforcedHeaderBytesMax - bytesLeftMin) {
      return list === '' ? more : `${list}, ${more}`;
    }
    list = longer;
  }
  return list;
}

/** Characters of a `param`: the path in a schema holds names that a client chose. */
export const paramCharactersMax = 500;

/**
 * A compiler names a keyword by its path in what it was given. On the wire that path goes on from `formatParam`,
 * where the schema, pattern or grammar stands in the body. A backend refuses a grammar as a whole. Any other error
 * is left as it is.
 */
export function toPlacedError(error: unknown, formatParam: string | undefined): unknown {
  if (error instanceof BackendError && error.code === 'unsupported_grammar' && formatParam !== undefined) {
    return new ServiceError('unsupported_schema', formatParam, error.message);
  }
  if (!(error instanceof ServiceError) || error.code !== 'unsupported_schema') return error;
  const path = error.param ?? '';
  const base = formatParam ?? '';
  const param = path === '' || path.startsWith('[') ? `${base}${path}` : `${base}.${path}`;
  const cut = param.length > paramCharactersMax ? `${param.slice(0, paramCharactersMax - 1)}…` : param;
  return new ServiceError(error.code, cut, error.message);
}
