import type { MarkdownBlock } from './split-blocks.ts';

/** What `[name]` or the note `[^name]` stands for, wherever it is in a text. */
export interface Definition {
  /** In small letters and brackets, as references have it. */
  readonly reference: string;
  readonly text: string;
}

/** A line, and those that go on with it. */
const definition = /^ {0,3}(\[[^\]\n]+\]):[ \t]+\S.*(?:\n[ \t]+\S.*)*$/gm;

export function findDefinitions(blocks: readonly MarkdownBlock[]): readonly Definition[] {
  return blocks.flatMap(({ text, code }) => {
    if (code !== undefined || !text.includes(']:')) return [];
    return [...text.matchAll(definition)].map(([whole, reference = '']) => ({
      reference: reference.toLowerCase(),
      text: whole,
    }));
  });
}

/** Blocks are read one by one: each gets the definitions that it refers to and another one has. */
export function addDefinitions(text: string, definitions: readonly Definition[]): string {
  if (definitions.length === 0 || !text.includes('[')) return text;
  const lower = text.toLowerCase();
  const needed = definitions.filter((one) => lower.includes(one.reference) && !text.includes(one.text));
  return needed.length === 0 ? text : `${text}\n\n${needed.map((one) => one.text).join('\n\n')}`;
}
