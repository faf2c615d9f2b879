import { expect, test } from 'vitest';
import { checkGbnf } from '../../../grammar/gbnf/check-gbnf.ts';
import { UnsupportedSchemaError } from '../../../grammar/gbnf/unsupported-schema-error.ts';
import { checkJoined, joinGrammars } from './join-grammars.ts';

const refused = expect.any(UnsupportedSchemaError);

function toWays(count: number): string {
  return `root ::= ${Array.from({ length: count }, (_, index) => `"x${index}"`).join(' | ')}\n`;
}

test('two grammars that are cheap by themselves may have too many ways on together', () => {
  const [one, other] = [toWays(300), toWays(301)];
  for (const part of [one, other]) expect(checkJoined(part)).toBe(part);
  expect(() => checkJoined(joinGrammars(one, other))).toThrow(refused);
});

test('what takes long to open is refused, although a schema of its own may be as large', () => {
  const texts = Array.from({ length: 100 }, (_, index) => `r${index} ::= "${index}" [a-z]{0,2000}`);
  const long = `root ::= ${texts.map((_, index) => `r${index}`).join(' ')}\n${texts.join('\n')}\n`;
  checkGbnf(long);
  expect(() => checkJoined(long)).toThrow(refused);
});
