/** A piece of Markdown that can be drawn without the others. */
export interface MarkdownBlock {
  /** Where it starts in the text. */
  readonly start: number;
  readonly text: string;
  /** Code is not read as Markdown. Its text is without the fences. */
  readonly code:
    | { readonly language: string; readonly isFirst: boolean; readonly isLast: boolean }
    | undefined;
}

/** A longer block is cut, so that drawing the last one again stays quick however long an answer is. */
const blockCharactersMax = 3000;

const fenceStart = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`\n]*$/;

/**
 * Cuts a text at empty lines and around code. With the blocks of the beginning of the same text, it reads the rest only.
 * Lists are not cut at an empty line before an indented one, nor are tables, which have none.
 */
export function splitBlocks(text: string, before: readonly MarkdownBlock[] = []): readonly MarkdownBlock[] {
  // The last one, and a fence that goes on, may change with the next characters.
  let kept = Math.max(0, before.length - 1);
  while (kept > 0 && before[kept]?.code?.isFirst === false) kept -= 1;
  const blocks = before.slice(0, kept);
  let at = before[kept]?.start ?? 0;
  while (at < text.length) {
    const fence = fenceStart.exec(readLine(text, at));
    if (fence === null) {
      const whole = findProseEnd(text, at);
      const end = whole - at > blockCharactersMax ? cutAt(text, at, whole) : whole;
      blocks.push({ start: at, text: text.slice(at, end), code: undefined });
      at = end;
    } else {
      at = pushCode(blocks, text, at, fence);
    }
  }
  return blocks;
}

function pushCode(blocks: MarkdownBlock[], text: string, start: number, fence: RegExpExecArray): number {
  const [, marks = '```', language = ''] = fence;
  const from = nextLine(text, start);
  const closing = new RegExp(`^ {0,3}${marks[0]}{${marks.length},}[ \\t]*$`);
  let end = from;
  while (end < text.length && !closing.test(readLine(text, end))) end = nextLine(text, end);
  let at = from;
  while (true) {
    const stop = end - at > blockCharactersMax ? cutAt(text, at, end) : end;
    const isLast = stop === end;
    // Each piece starts at its place, the first one at the fence.
    const place = at === from ? start : at;
    blocks.push({
      start: place,
      text: text.slice(at, stop),
      code: { language, isFirst: at === from, isLast },
    });
    at = stop;
    if (isLast) return nextLine(text, end);
  }
}

function findProseEnd(text: string, start: number): number {
  let at = nextLine(text, start);
  while (at < text.length) {
    const line = readLine(text, at);
    if (fenceStart.test(line)) return at;
    if (line.trim() === '') {
      const next = skipEmpty(text, at);
      // What is indented belongs to the list or the quotation above.
      if (next >= text.length || !/^\s/.test(readLine(text, next))) return next;
      at = next;
    }
    if (at - start > blockCharactersMax) return at;
    at = nextLine(text, at);
  }
  return at;
}

/** Behind a line, else a word, else just here. */
function cutAt(text: string, start: number, end: number): number {
  const limit = Math.min(end, start + blockCharactersMax);
  const line = text.lastIndexOf('\n', limit - 1) + 1;
  if (line > start) return line;
  const word = text.lastIndexOf(' ', limit - 1) + 1;
  return word > start ? word : limit;
}

function skipEmpty(text: string, start: number): number {
  let at = start;
  while (at < text.length && readLine(text, at).trim() === '') at = nextLine(text, at);
  return at;
}

function readLine(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return text.slice(at, end === -1 ? text.length : end);
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}
