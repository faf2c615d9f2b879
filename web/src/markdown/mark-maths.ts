/** Code, which is left alone, or maths in one of the ways in which models write it. */
const pattern =
  /(`+)[^`](?:[^`]|(?!\1)`)*?\1|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|^([ \t]*)\$\$([^$\n]+)\$\$[ \t]*$|\$\$[\s\S]+?\$\$|\$(?=[^\s$\d])([^$\n]*[^\s$\\])\$(?!\d)|\$(?=\d[^$\n]*[\\^_=])([^$\n]*[^\s$\\])\$(?!\d)/gm;

/**
 * Writes all maths with two dollars, as the reader of Markdown takes it. A single one may be an amount of money. What has a line
 * to itself is a block.
 */
export function markMaths(text: string): string {
  if (!/[$\\]/.test(text)) return text;
  return text.replace(pattern, (whole, _marks, ...found: readonly (string | undefined)[]) => {
    const [bracketed, inline, indent = '', line, dollars, counted] = found;
    const block = bracketed ?? line;
    // The indentation keeps it in its list.
    if (block !== undefined) return ['', `${indent}$$`, indent + block.trim(), `${indent}$$`, ''].join('\n');
    const tex = inline ?? dollars ?? counted;
    return tex === undefined ? whole : `$$${tex.trim()}$$`;
  });
}
