import type { RequestPlace, ToParam } from '../backend/request-place.ts';
import type { ChatRun } from '../service/chat/chat.ts';

/**
 * Maximum bytes of the header that lists unenforced keywords, because some proxies refuse headers of 8 KB or
 * less.
 */
export const unenforcedHeaderBytesMax = 1_024;

/** Ends the header when there are more names than it holds. */
const more = '...';

/** Headers of an answer with a response format: the number of attempts, and the unenforced keywords. */
export function toStructuredHeaders(
  { record, unenforced }: Pick<ChatRun, 'record' | 'unenforced'>,
  toParam: ToParam,
): Record<string, string> {
  const { structuredAttempts } = record;
  // A format is the only one of its kind; which tool it is must be said.
  const paths = unenforced.map(({ path, toolIndex }) =>
    toolIndex === undefined ? path : (toParam({ kind: 'tool-parameters', toolIndex, path }) ?? path),
  );
  return {
    ...(structuredAttempts === undefined ? {} : { 'x-structured-attempts': String(structuredAttempts) }),
    ...(paths.length === 0 ? {} : { 'x-structured-unenforced': toHeaderList(paths) }),
  };
}

/** Fields without an effect for this model, by their names at the endpoint. */
export function listIdleParameters(
  { isEffortIdle, unseenImage }: Pick<ChatRun, 'isEffortIdle' | 'unseenImage'>,
  toParam: ToParam,
): readonly string[] {
  const places = [isEffortIdle ? reasoningEffort : undefined, unseenImage];
  return places.flatMap((place) => (place === undefined ? [] : (toParam(place) ?? [])));
}

const reasoningEffort: RequestPlace = { kind: 'reasoning-effort' };

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
