import type { Format } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';

/** RFC 3339 as the drafts mean it: a T between date and time, an offset with a colon. Ajv takes more. */
const strictTime = /^([01]\d|2[0-3]):\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function isTime(text: string): boolean {
  return strictTime.test(text) && ajvTime(text);
}

function isDateTime(text: string): boolean {
  const [day = '', time = ''] = text.split(/t/i);
  return text.length === day.length + time.length + 1 && ajvDate(day) && isTime(time);
}

const ajvDate = toCheck(fullFormats.date);
const ajvTime = toCheck(fullFormats.time);

function toCheck(format: Format): (text: string) => boolean {
  const validate = typeof format === 'object' && 'validate' in format ? format.validate : undefined;
  return (text) => typeof validate === 'function' && (validate as (text: string) => unknown)(text) === true;
}

/**
 * The checked formats: the ones of the drafts. Any other `format` is an annotation, as the drafts define for
 * unknown ones.
 */
export const assertedFormats = {
  date: ajvDate,
  time: isTime,
  'date-time': isDateTime,
  duration: fullFormats.duration,
  uri: fullFormats.uri,
  'uri-reference': fullFormats['uri-reference'],
  'uri-template': fullFormats['uri-template'],
  email: fullFormats.email,
  hostname: fullFormats.hostname,
  ipv4: fullFormats.ipv4,
  ipv6: fullFormats.ipv6,
  regex: fullFormats.regex,
  // Ajv also takes the URN of one.
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'json-pointer': fullFormats['json-pointer'],
  'relative-json-pointer': fullFormats['relative-json-pointer'],
} as const;
