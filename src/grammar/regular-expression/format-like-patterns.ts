/**
 * A pattern of each text that a validator may take for one of this format, and more. What it does not match is surely of
 * another form, which is what `not` and `oneOf` ask for. undefined: nothing is said of the format, or no text is surely
 * none.
 */
export function toFormatLikePattern(format: string): string | undefined {
  return Object.hasOwn(likePatterns, format) ? likePatterns[format as keyof typeof likePatterns] : undefined;
}

/** Whether a validator looks at the format at all. */
export function isFormatAsserted(format: string): boolean {
  return format === 'regex' || Object.hasOwn(likePatterns, format);
}

const inAddresses = '[^\\x00-\\x20"<>\\\\^`]';

const likePatterns = {
  date: '\\d{4}-\\d\\d-\\d\\d',
  time: '\\d\\d:[\\d:.+Zz-]*',
  'date-time': '\\d{4}-\\d\\d-\\d\\d[Tt\\s][\\d:.+Zz-]*',
  duration: 'P[\\dYMDTHSW]*',
  uri: `[A-Za-z][A-Za-z0-9+.-]*:${inAddresses}*`,
  'uri-reference': `${inAddresses}*`,
  'uri-template': `${inAddresses}*`,
  email: '[^\\s@]+@[^\\s@]+',
  hostname: '[A-Za-z0-9.-]*',
  ipv4: '[\\d.]*',
  ipv6: '[0-9A-Fa-f:.]*',
  uuid: '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
  'json-pointer': '(?:/[^]*)?',
  'relative-json-pointer': '\\d[^]*',
} as const;
