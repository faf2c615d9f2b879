/**
 * Dates and times of RFC 3339 with real month lengths and leap years. T and Z are upper case, and the leap
 * second 23:59:60 is excluded. Lower case and the leap second would be valid, but are never needed.
 */
export const datePattern = toDatePattern();
export const timePattern =
  '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
export const dateTimePattern = `${datePattern}T${timePattern}`;

/** ISO 8601 with whole numbers: years to seconds, of which any may be left out but not all, or weeks. */
export const durationPattern =
  'P(?:(?=[\\dT])(?:\\d+Y)?(?:\\d+M)?(?:\\d+D)?(?:T(?=\\d)(?:\\d+H)?(?:\\d+M)?(?:\\d+S)?)?|\\d+W)';

function toDatePattern(): string {
  const long = '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])';
  const short = '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)';
  const february = '02-(?:0[1-9]|1\\d|2[0-8])';
  // A year divisible by 4, but of the full centuries only those divisible by 400.
  const leapYear = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
  return `(?:\\d{4}-(?:${long}|${short}|${february})|${leapYear}-02-29)`;
}
