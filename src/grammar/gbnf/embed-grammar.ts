import type { GrammarWriter } from './grammar-writer.ts';

/** A string, a class, a repetition or a comment, which hold no rule's name; or a name. */
const tokenPattern = /"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\{[^}]*\}|#[^\n]*|([a-zA-Z0-9-]+)/g;
const rulePattern = /^([a-zA-Z0-9-]+) ::= (.*)$/;

/** The same grammar with other names, so that it can stand beside another one. */
export function prefixRules(gbnf: string, prefix: string): string {
  return gbnf.replace(tokenPattern, (token: string, name: string | undefined) =>
    name === undefined ? token : `${prefix}${name}`,
  );
}

/**
 * Puts a whole grammar into another one and returns the name of what was its root rule. It must have one rule a line,
 * as our compiler prints them. `prefix` is used once in one grammar, letters, digits and `-`.
 */
export function embedGrammar(writer: GrammarWriter, gbnf: string, prefix: string): string {
  // A writer prints the last first, and those that lead to others are already first here.
  for (const line of prefixRules(gbnf, prefix).split('\n').reverse()) {
    if (line.trim() === '') continue;
    const [, name, body] = rulePattern.exec(line) ?? [];
    if (name === undefined || body === undefined) throw new Error(`Not a rule on one line: ${line}`);
    writer.define(name, body);
  }
  return `${prefix}root`;
}
