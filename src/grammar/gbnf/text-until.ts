import type { GrammarWriter } from './grammar-writer.ts';
import { escapeInClass, toLiteral } from './literal.ts';
import { repeatUpTo } from './repeat-rule.ts';

/**
 * Any text and then `end`, which does not come earlier. Returns a rule.
 *
 * Without a limit it is one rule for each character of `end`, deterministic and right-linear. With one, what looks
 * like the beginning of `end` counts as one character with what follows it. `charactersMax` is 1 or more, see
 * `repeatUpTo`.
 */
export function addTextUntil(writer: GrammarWriter, end: string, charactersMax?: number): string {
  const characters = [...end];
  if (characters.length === 0) throw new Error('A text without an end.');
  const fallback = toFallback(characters);
  if (charactersMax !== undefined) {
    const piece = addPieces(writer, characters, fallback);
    return writer.add(`${repeatUpTo(writer, piece, charactersMax)} ${toLiteral(end)}`);
  }
  const names = characters.map(() => writer.reserve());
  for (let matched = 0; matched < characters.length; matched++) {
    const ways = toWays(characters, fallback, matched).map(({ character, next }) => {
      const rest = next === characters.length ? '' : ` ${names[next]}`;
      return `${toLiteral(character)}${rest}`;
    });
    const others = `${toOthers(characters, fallback, matched)} ${names[0]}`;
    writer.define(names[matched] ?? '', [others, ...ways].join(' | '));
  }
  return names[0] ?? '';
}

/** For each number of characters of `end` that were read, how many of them may begin another `end`. */
function toFallback(characters: readonly string[]): number[] {
  const fallback = [0];
  for (let index = 1; index < characters.length; index++) {
    let matched = fallback[index - 1] ?? 0;
    while (matched > 0 && characters[matched] !== characters[index]) matched = fallback[matched - 1] ?? 0;
    fallback.push(characters[matched] === characters[index] ? matched + 1 : 0);
  }
  return fallback;
}

interface Way {
  readonly character: string;
  /** How much of `end` is read then. */
  readonly next: number;
}

/** The characters that lead on towards `end` from where `matched` of it is read. */
function toWays(characters: readonly string[], fallback: readonly number[], matched: number): Way[] {
  const ways = new Map<string, number>();
  for (let at = matched; ; at = fallback[at - 1] ?? 0) {
    const character = characters[at] ?? '';
    if (!ways.has(character)) ways.set(character, at + 1);
    if (at === 0) return [...ways].map(([key, next]) => ({ character: key, next }));
  }
}

/** A class of all characters that do not lead on. */
function toOthers(characters: readonly string[], fallback: readonly number[], matched: number): string {
  return `[^${toWays(characters, fallback, matched)
    .map(({ character }) => escapeInClass(character.codePointAt(0) ?? 0))
    .join('')}]`;
}

/** A character, or several that start like `end` and continue differently. Returns a rule. */
function addPieces(
  writer: GrammarWriter,
  characters: readonly string[],
  fallback: readonly number[],
): string {
  const names = characters.map(() => writer.reserve());
  for (let matched = 0; matched < characters.length; matched++) {
    const ways = toWays(characters, fallback, matched)
      .filter(({ next }) => next < characters.length)
      .map(({ character, next }) => `${toLiteral(character)} ${names[next]}`);
    const others = toOthers(characters, fallback, matched);
    writer.define(names[matched] ?? '', [others, ...ways].join(' | '));
  }
  return names[0] ?? '';
}
