/** Pads each column to its widest cell, with two spaces between columns and no trailing spaces. */
export function toTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => width(cells[column] ?? ''))));
  return lines.map((cells) => `${toLine(cells, widths)}\n`).join('');
}

function toLine(cells: readonly string[], widths: readonly number[]): string {
  return widths
    .map((columnWidth, column) => {
      const cell = cells[column] ?? '';
      return cell + ' '.repeat(columnWidth - width(cell));
    })
    .join('  ')
    .trimEnd();
}

/** In characters, not in UTF-16 units. */
function width(text: string): number {
  return [...text].length;
}
