import type { GrammarWriter } from '../../../grammar/gbnf/grammar-writer.ts';
import { toLiteral } from '../../../grammar/gbnf/literal.ts';

export interface TextWithRest {
  readonly text: string;
  /** The rule that follows the text. */
  readonly rest: string;
}

/**
 * Texts with their continuations, as one rule. Common prefixes are written once, so that llama.cpp follows
 * one path instead of one for each of a hundred names.
 */
export function addTextTree(writer: GrammarWriter, texts: readonly TextWithRest[]): string {
  const groups = new Map<string, TextWithRest[]>();
  for (const one of texts) {
    const first = [...one.text][0] ?? '';
    groups.set(first, [...(groups.get(first) ?? []), one]);
  }
  const ways = [...groups].flatMap(([first, group]) => {
    if (first === '') return group.map(({ rest }) => rest);
    const [only, another] = group;
    if (only !== undefined && another === undefined) return [`${toLiteral(only.text)} ${only.rest}`];
    const shared = findSharedStart(group.map(({ text }) => text));
    const rests = group.map(({ text, rest }) => ({ text: text.slice(shared.length), rest }));
    return [`${toLiteral(shared)} ${addTextTree(writer, rests)}`];
  });
  return writer.add(ways.join(' | '));
}

function findSharedStart(texts: readonly string[]): string {
  let [shared = ''] = texts;
  for (const text of texts) {
    while (!text.startsWith(shared)) shared = [...shared].slice(0, -1).join('');
  }
  return shared;
}
