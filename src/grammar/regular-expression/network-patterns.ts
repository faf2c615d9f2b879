/** Formats of names and addresses, as patterns of whole texts. */

const letterOrDigit = '[A-Za-z0-9]';

/** Labels as in RFC 1123. The lengths hold it to 253 characters: 63 + 4 · (1 + 39) + (1 + 27) are 251. */
export const hostnamePattern = `${toLabel(32)}(?:\\.${toLabel(20)}){0,4}(?:\\.${toLabel(14)})?`;

/**
 * A label of at most this many letters and digits, with single hyphens between them: its length is bounded without
 * counting, and no -- may claim to be an encoded international name.
 */
function toLabel(lettersMax: number): string {
  return `${letterOrDigit}(?:-?${letterOrDigit}){0,${lettersMax - 1}}`;
}

const localCharacters = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const domainLabel = `${letterOrDigit}(?:[A-Za-z0-9-]*${letterOrDigit})?`;
/** A dot-atom of RFC 5322 at a domain with at least one dot. */
export const emailPattern = `${localCharacters}(?:\\.${localCharacters})*@(?:${domainLabel}\\.)+${domainLabel}`;

const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** Dotted decimals without leading zeros (RFC 2673). */
export const ipv4Pattern = `(?:${byte}\\.){3}${byte}`;

/** RFC 4291 in the grammar of RFC 3986, section 3.2.2. */
export const ipv6Pattern = toIpv6Pattern();

function toIpv6Pattern(): string {
  const group = '[0-9A-Fa-f]{1,4}';
  const last = `(?:${group}:${group}|${ipv4Pattern})`;
  const groups = (count: number) => `(?:${group}:){${count}}`;
  const upTo = (count: number) => `(?:(?:${group}:){0,${count - 1}}${group})?`;
  const options = [`${groups(6)}${last}`, `::${groups(5)}${last}`];
  for (let before = 1; before <= 5; before++) options.push(`${upTo(before)}::${groups(5 - before)}${last}`);
  options.push(`${upTo(6)}::${group}`, `${upTo(7)}::`);
  return `(?:${options.join('|')})`;
}

const hex = (count: number) => `[0-9A-Fa-f]{${count}}`;
/** RFC 4122, without the prefix urn:uuid:. */
export const uuidPattern = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
