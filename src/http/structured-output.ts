import { BackendError } from '../backend/backend-error.ts';
import type { ChatRun } from '../service/chat/chat.ts';
import { ServiceError } from '../service/service-error.ts';

/** Bytes of the header that names what is not enforced; servers before us refuse headers of 8 KB and less. */
export const unenforcedHeaderBytesMax = 1_024;

/** Ends the header when there are more names than it holds. */
const more = '...';

/** Where in the body the schemas stand that a compiler may complain about. */
export interface SchemaPlaces {
  /** Of the answer's form, a pattern or a grammar too; undefined: none was asked for. */
  readonly format: string | undefined;
  /** The parameters of each tool. */
  readonly tools: readonly string[];
  /** The list of tools itself; undefined: there is none. */
  readonly toolList: string | undefined;
}

/** Headers of an answer that has a form: how many attempts it took, and what is not enforced of a schema. */
export function toStructuredHeaders(
  { record, unenforced }: Pick<ChatRun, 'record' | 'unenforced'>,
  places: SchemaPlaces,
): Record<string, string> {
  const { structuredAttempts } = record;
  // A format is the only one of its kind; which tool it is must be said.
  const paths = unenforced.map(({ path, toolIndex }) =>
    toolIndex === undefined ? path : joinPath(places.tools[toolIndex], path),
  );
  return {
    ...(structuredAttempts === undefined ? {} : { 'x-structured-attempts': String(structuredAttempts) }),
    ...(paths.length === 0 ? {} : { 'x-structured-unenforced': toHeaderList(paths) }),
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
 * A compiler names a keyword by its path in what it was given. On the wire that path goes on from where the schema,
 * pattern or grammar stands in the body. A backend refuses a grammar as a whole. Any other error is left as it is.
 */
export function toPlacedError(error: unknown, places: SchemaPlaces): unknown {
  const whole = places.format ?? places.toolList;
  if (error instanceof BackendError && error.code === 'unsupported_grammar' && whole !== undefined) {
    return new ServiceError('unsupported_schema', whole, error.message);
  }
  if (!(error instanceof ServiceError) || error.code !== 'unsupported_schema') return error;
  const { toolIndex } = error;
  const base = toolIndex === undefined ? places.format : places.tools[toolIndex];
  const param = joinPath(base, error.param ?? '');
  const cut = param.length > paramCharactersMax ? `${param.slice(0, paramCharactersMax - 1)}…` : param;
  return new ServiceError(error.code, cut, error.message);
}

function joinPath(base = '', path: string): string {
  return path === '' || path.startsWith('[') ? `${base}${path}` : `${base}.${path}`;
}
