/** One line for each row, as RFC 4180 quotes values, with a line feed at the end. */
export function toCsv(rows: readonly (readonly (string | number | boolean | undefined)[])[]): string {
  return rows.map((cells) => `${cells.map(toCell).join(',')}\n`).join('');
}

function toCell(value: string | number | boolean | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
