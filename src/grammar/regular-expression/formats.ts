import type { Automaton } from '../automaton/automaton.ts';
import type { AutomatonLimits } from '../automaton/automaton-limits.ts';
import { datePattern, dateTimePattern, durationPattern, timePattern } from './date-time-pattern.ts';
import { emailPattern, hostnamePattern, ipv4Pattern, ipv6Pattern, uuidPattern } from './network-patterns.ts';
import { fullPatternToAutomaton } from './pattern-to-automaton.ts';
import { toRegexPattern } from './regex-pattern.ts';
import {
  toIriPattern,
  toIriReferencePattern,
  toUriPattern,
  toUriReferencePattern,
  toUriTemplatePattern,
  toUrlPattern,
} from './uri-patterns.ts';

/**
 * The texts of a JSON Schema format. Every one of them is valid for a strict validator, but not every valid text is
 * among them: rare spellings are left out where they would cost many states.
 *
 * @returns undefined for an unknown format, one of numbers, or one that says nothing (`password`, `binary`).
 * @throws AutomatonTooLargeError
 */
export function formatToAutomaton(name: string, limits: AutomatonLimits): Automaton | undefined {
  const pattern = toFormatPattern(name);
  return pattern === undefined ? undefined : fullPatternToAutomaton(pattern, limits);
}

function toFormatPattern(name: string): string | undefined {
  switch (name) {
    case 'date':
      return datePattern;
    case 'time':
    case 'iso-time':
      return timePattern;
    case 'date-time':
    case 'iso-date-time':
      return dateTimePattern;
    case 'duration':
      return durationPattern;
    case 'email':
      return emailPattern;
    case 'hostname':
      return hostnamePattern;
    case 'ipv4':
      return ipv4Pattern;
    case 'ipv6':
      return ipv6Pattern;
    case 'uuid':
      return uuidPattern;
    case 'uri':
      return toUriPattern();
    case 'uri-reference':
      return toUriReferencePattern();
    case 'iri':
      return toIriPattern();
    case 'iri-reference':
      return toIriReferencePattern();
    case 'uri-template':
      return toUriTemplatePattern();
    case 'url':
      return toUrlPattern();
    case 'json-pointer':
      return jsonPointerPattern;
    case 'relative-json-pointer':
      return `(?:0|[1-9]\\d*)(?:#|${jsonPointerPattern})`;
    case 'byte':
    case 'base64':
      return base64Pattern;
    case 'regex':
      return toRegexPattern();
    default:
      return undefined;
  }
}

/** RFC 6901. */
const jsonPointerPattern = '(?:/(?:[^~/]|~[01])*)*';

/** RFC 4648 with padding; the bits that the padding leaves over are zero. */
const base64Pattern = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?';
