/**
 * RFC 3986, RFC 3987 and RFC 6570 as patterns of whole texts. Hosts are names or IPv4 addresses: IPv6 in brackets
 * would triple the automaton. An authority has a host, unless a path follows as in file:///etc.
 */

const percent = '%[0-9A-Fa-f]{2}';
const scheme = '[A-Za-z][A-Za-z0-9+.-]*:';
const unreserved = 'A-Za-z0-9._~';
const delimiters = "!$&'()*+,;=";
/** Characters beyond ASCII that RFC 3987 adds (ucschar). */
const international = toInternational();

function toInternational(): string {
  const planes = Array.from({ length: 14 }, (_, at) => (at + 1).toString(16));
  const beyond = planes.map((plane) => `\\u{${plane}${plane === 'e' ? '1' : '0'}000}-\\u{${plane}fffd}`);
  return `\\u00a0-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\uffef${beyond.join('')}`;
}

/** @param more further unreserved characters, as the inside of a class. */
function toParts(more: string) {
  const oneOf = (inside: string) => `(?:[${inside}${delimiters}${unreserved}${more}-]|${percent})`;
  const character = oneOf(':@');
  const authority = `(?:${oneOf(':')}*@)?${oneOf('')}+(?::\\d*)?`;
  const segments = `(?:/${character}*)*`;
  const absolute = `//(?:${authority}${segments}|/${character}+${segments})|/(?:${character}+${segments})?`;
  const ending = `(?:\\?${oneOf(':@/?')}*)?(?:#${oneOf(':@/?')}*)?`;
  const uri = `${scheme}(?:${absolute}|${character}+${segments})${ending}`;
  const relative = `(?:${absolute}|${oneOf('@')}+${segments})?${ending}`;
  return { character, segments, ending, uri, relative };
}

export function toUriPattern(): string {
  return toParts('').uri;
}

export function toUriReferencePattern(): string {
  const { uri, relative } = toParts('');
  return `(?:${uri}|${relative})`;
}

export function toIriPattern(): string {
  return toParts(international).uri;
}

export function toIriReferencePattern(): string {
  const { uri, relative } = toParts(international);
  return `(?:${uri}|${relative})`;
}

/** A web or FTP address whose host is a name with a top-level domain. */
export function toUrlPattern(): string {
  const label = '[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*';
  const { character, segments, ending } = toParts('');
  return `(?:https?|ftp)://(?:${label}\\.)+[A-Za-z]{2,}(?::\\d{2,5})?(?:/${character}*${segments}${ending})?`;
}

export function toUriTemplatePattern(): string {
  const literal = `(?:[!#$&(-;=?-\\[\\]_a-z~${international}]|${percent})`;
  const variable = `(?:[A-Za-z0-9_]|${percent})+(?::[1-9]\\d{0,3}|\\*)?`;
  return `(?:${literal}|\\{[+#./;?&]?${variable}(?:,${variable})*\\})*`;
}
