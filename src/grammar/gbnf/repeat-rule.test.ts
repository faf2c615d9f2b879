import { expect, test } from 'vitest';
import { matchesGrammar } from '../../../test/grammar/matches-grammar.ts';
import { readGbnf } from '../../../test/grammar/read-gbnf.ts';
import { measureLongestText } from '../measure-longest-text.ts';
import { checkGbnf } from './check-gbnf.ts';
import { createGrammarWriter } from './grammar-writer.ts';
import { repeatUpTo } from './repeat-rule.ts';

function toGbnf(max: number): string {
  const writer = createGrammarWriter({ grammarBytesMax: 10_000 });
  return writer.print(writer.add(`${repeatUpTo(writer, '[a-z]', max)} "."`));
}

test.each([1, 200, 256])('up to %d is exact', (max) => {
  expect(measureLongestText(checkGbnf(toGbnf(max)))).toBe(max + 1);
});

test.each([257, 300, 899, 1_000])(
  'up to %d holds every length to its longest, which is a few less at most',
  (max) => {
    const gbnf = toGbnf(max);
    const longest = measureLongestText(checkGbnf(gbnf)) - 1;
    expect(longest).toBeLessThanOrEqual(max);
    expect(longest).toBeGreaterThan(max - Math.sqrt(max) - 1);
    const grammar = readGbnf(gbnf);
    for (let length = 0; length <= longest; length += 1 + Math.floor(length / 50)) {
      expect(matchesGrammar(grammar, `${'x'.repeat(length)}.`), `${length}`).toBe(true);
    }
    expect(matchesGrammar(grammar, `${'x'.repeat(longest)}.`)).toBe(true);
    expect(matchesGrammar(grammar, `${'x'.repeat(longest + 1)}.`)).toBe(false);
  },
);

test('as many as a whole file has are still a small grammar', () => {
  const { rules } = checkGbnf(toGbnf(100_000));
  expect(rules.reduce((sum, { elements }) => sum + elements, 0)).toBeLessThan(10_000);
});
