import { expect, test } from 'vitest';
import { toCsv } from './to-csv.ts';

test('values are quoted where they have to be', () => {
  const rows = [
    ['plain', 'a,b', 'say "hi"', 'two\nlines', 'cr\rhere'],
    [1, -2, true, null, undefined],
  ];
  expect(toCsv(rows)).toBe('plain,"a,b","say ""hi""","two\nlines","cr\rhere"\n1,-2,true,,\n');
});

test.each([
  ...[
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    "=cmd|'/C calc'!A0",
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '\u00A0@a',
    '\u0000=1',
  ],
  ...['＝1', '＋1', '－1', '＠a', '\uFEFF=1', '\ttab'],
])('a spreadsheet takes %j for a text', (text) => {
  expect(toCsv([[text]]).replace(/^"/, '')).toMatch(/^'/);
});

test.each(['a=b', 'llama3.1:8b-instruct', 'key_0123', "'quoted", ''])('%j stays as it is', (text) => {
  expect(toCsv([[text]])).toBe(`${text}\n`);
});
