import { expect, test } from 'vitest';
import { type ClientReport, toClientTable, toFailureTexts } from './to-client-table.ts';

const reports: readonly ClientReport[] = [
  {
    name: 'one',
    version: '1.2.3',
    results: new Map([
      ['chat', null],
      ['stream', 'AssertionError: 0 pieces'],
      ['turns', null],
      ['load', 'a traceback'],
    ]),
  },
  { name: 'two', version: '4', results: 'pip could not install it' },
];

test('the table says ok, FAILED or - for what every client is asked for, and names the rest', () => {
  expect(toClientTable(reports)).toBe(
    [
      '| client | version | chat | stream | tool | structured | more                                  |',
      '| ------ | ------- | ---- | ------ | ---- | ---------- | ------------------------------------- |',
      '| one    | 1.2.3   | ok   | FAILED | -    | -          | turns ok, load FAILED                 |',
      '| two    | 4       | -    | -      | -    | -          | did not run: pip could not install it |',
      '',
    ].join('\n'),
  );
});

test('each failure is told, and a client that did not run is one', () => {
  expect(toFailureTexts(reports)).toEqual([
    'one, stream:\nAssertionError: 0 pieces',
    'one, load:\na traceback',
    'two did not run: pip could not install it',
  ]);
});
