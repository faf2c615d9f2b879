import { writeJson } from '../../../json/write-json.ts';
import type { ErrorBody } from './error.ts';

/** Ends a stream that is whole. A broken stream never has it. */
export const doneEvent = 'data: [DONE]\n\n';

/** A comment: keeps an idle connection open, and every client skips it. */
export const pingComment = ': ping\n\n';

/**
 * One event with `value` as JSON in one line.
 *
 * The standard ends a line at CR and LF only, which JSON escapes; but widely used Python readers split text at
 * NEL, LS and PS as well, and would cut an answer that holds one. They are escaped, which means the same in JSON.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function toDataEvent(value: object): string {
  return `data: ${writeJson(value).replace(/[\u0085\u2028\u2029]/g, toJsonEscape)}\n\n`;
}

/** The same with a name, which is the value's `type`: the Responses API's form. */
export function toTypedEvent(value: { readonly type: string }): string {
  return `event: ${value.type}\n${toDataEvent(value)}`;
}

/** The last event of a stream that failed after it had begun; the connection is then closed abnormally. */
export function toErrorEvent(body: ErrorBody): string {
  return toDataEvent(body);
}

function toJsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
