import type { CallSyntax } from './call-syntax.ts';
import type { Reading, TextReader } from './text-reader.ts';

/** Tags around results in a user message, for families without their own format. */
const resultDefault = ['<tool_response>\n', '\n</tool_response>'] as const;

export function toResultTexts({ result }: Pick<CallSyntax, 'result'>): readonly [string, string] {
  return result ?? resultDefault;
}

/**
 * Finds the tags of results in an answer, because small models wrap their answers in tags that they have
 * read.
 */
export interface ResultTagReader {
  readonly firstCharacters: readonly string[];
  /** A tag that is next is read, unless it is spoken of in a sentence. */
  read(isAtStart: boolean): Reading<'opening' | 'closing' | undefined>;
}

/**
 * A tag opens a result where the answer begins, or before the end of a line. After one such tag all others are of results,
 * too.
 */
export function createResultTagReader(syntax: CallSyntax, reader: TextReader): ResultTagReader {
  const [before, after] = toResultTexts(syntax).map(toTags);
  const [opening, closing] = [before ?? [], after ?? []];
  let isOpen = false;
  function* read(isAtStart: boolean): Reading<'opening' | 'closing' | undefined> {
    const start = reader.at;
    for (const tag of opening) {
      if (!(yield* reader.tryReadExactly(tag))) continue;
      isOpen ||= isAtStart || (yield* reader.peek()) === '\n';
      if (isOpen) return 'opening';
      reader.at = start;
    }
    if (!isOpen) return undefined;
    for (const tag of closing) {
      if (yield* reader.tryReadExactly(tag)) return 'closing';
    }
    return undefined;
  }
  return { firstCharacters: [...opening, ...closing].map((tag) => tag.charAt(0)), read };
}

function toTags(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
