import type { GrammarWriter } from './grammar-writer.ts';

/** A string, a class, a repetition or a comment, which hold no rule's name; or a name. */
const tokenPattern = /"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\{[^}]*\}|#[^\n]*|([a-zA-Z0-9-]+)/g;
const rulePattern = /^([a-zA-Z0-9-]+) ::= (.*)$/;

/** The same grammar with other names, so that both can be part of one grammar. */
export function prefixRules(gbnf: string, prefix: string): string {
  return gbnf.replace(tokenPattern, (token: string, name: string | undefined) =>
    name === undefined ? token : `${prefix}${name}`,
  );
}

/**
 * Embeds a grammar and returns the name of its former root rule. It must have one rule per line, as our
 * compiler prints it. `prefix` is used once per grammar: letters, digits and `-`.
 */
export function embedGrammar(writer: GrammarWriter, gbnf: string, prefix: string): string {
  // A writer prints the last rule first, and rules that refer to others are already first here.
  for (const line of prefixRules(gbnf, prefix).split('\n').reverse()) {
    if (line.trim() === '') continue;
    const [, name, body] = rulePattern.exec(line) ?? [];
    if (name === undefined || body === undefined) throw new Error(`Not a rule on one line: ${line}`);
    writer.define(name, body);
  }
  return `${prefix}root`;
}
