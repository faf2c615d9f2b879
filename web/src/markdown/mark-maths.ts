/** Code, which is left alone, or maths in one of the ways in which models write it. */
const pattern =
  /(`+)[^`](?:[^`]|(?!\1)`)*?\1|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|\$\$[\s\S]+?\$\$|\$(?=[^\s$\d])([^$\n]*[^\s$\\])\$(?!\d)|\$(?=\d[^$\n]*[\\^_=])([^$\n]*[^\s$\\])\$(?!\d)/g;

/** Writes all maths with two dollars, as the reader of Markdown takes it. A single one may be an amount of money. */
export function markMaths(text: string): string {
  if (!/[$\\]/.test(text)) return text;
  return text.replace(
    pattern,
    (whole, _marks, block?: string, inline?: string, dollars?: string, counted?: string) => {
      if (block !== undefined) return `\n$$\n${block.trim()}\n$$\n`;
      const tex = inline ?? dollars ?? counted;
      return tex === undefined ? whole : `$$${tex.trim()}$$`;
    },
  );
}
