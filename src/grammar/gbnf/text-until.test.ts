import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSampler } from '../../../test/grammar/create-sampler.ts';
import { matchesGrammar } from '../../../test/grammar/matches-grammar.ts';
import { readGbnf } from '../../../test/grammar/read-gbnf.ts';
import { checkGbnf } from './check-gbnf.ts';
import { createGrammarWriter } from './grammar-writer.ts';
import { addTextUntil } from './text-until.ts';

function grammarUntil(end: string, charactersMax?: number): string {
  const writer = createGrammarWriter({ grammarBytesMax: 100_000 });
  return writer.print(addTextUntil(writer, end, charactersMax));
}

const ends = ['</p>', '\n</p>\n', 'aab', 'abab', '<|"|>', '｜>'];
/** Texts of the characters that matter. */
const texts = (end: string) =>
  fc.string({ unit: fc.constantFrom(...new Set([...end, 'x', '日'])), maxLength: 14 });

describe('a text until its end', () => {
  test.each(ends)('%j comes once, at the end', (end) => {
    const grammar = readGbnf(grammarUntil(end));
    fc.assert(
      fc.property(texts(end), (text) => {
        const whole = text + end;
        expect(matchesGrammar(grammar, whole)).toBe(whole.indexOf(end) === text.length);
        expect(matchesGrammar(grammar, text)).toBe(
          text !== '' && text.indexOf(end) === text.length - end.length && text.endsWith(end),
        );
      }),
    );
  });

  test.each(ends)('%j with a limit: no text of the grammar has it earlier', (end) => {
    const gbnf = grammarUntil(end, 20);
    checkGbnf(gbnf);
    const sampler = createSampler(readGbnf(gbnf));
    for (let count = 0; count < 200; count++) {
      const text = sampler.sample(Math.random) ?? '';
      expect(text.indexOf(end), text).toBe(text.length - end.length);
    }
  });

  test('a limit counts', () => {
    const grammar = readGbnf(grammarUntil('</p>', 3));
    expect(matchesGrammar(grammar, 'abc</p>')).toBe(true);
    expect(matchesGrammar(grammar, 'a<b</p>')).toBe(true);
    expect(matchesGrammar(grammar, 'abcd</p>')).toBe(false);
  });
});
