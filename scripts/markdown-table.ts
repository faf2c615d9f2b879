/** A table whose columns are aligned as the formatter wants them. A bar or a line's end in a cell would break it. */
export function toMarkdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('\n', ' ').replaceAll('|', '\\|')));
  const widths = columns.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  return [columns, rule, ...cells]
    .map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |\n`)
    .join('');
}

export function toCode(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}
