import { expect, test } from 'vitest';
import type { ToParam } from '../backend/request-place.ts';
import { AnswerRecord } from '../service/chat/chat-record.ts';
import { listIdleParameters, toStructuredHeaders, unenforcedHeaderBytesMax } from './structured-output.ts';

function headersOf(unenforced: readonly string[], structuredAttempts?: number) {
  const record = Object.assign(new AnswerRecord(), { structuredAttempts });
  return toStructuredHeaders({ record, unenforced: unenforced.map((path) => ({ path })) }, () => null);
}

test('free text has no headers, a form says how many attempts there were', () => {
  expect(headersOf([])).toEqual({});
  expect(headersOf([], 2)).toEqual({ 'x-structured-attempts': '2' });
});

test('what is not enforced is listed', () => {
  expect(headersOf(['uniqueItems', '$defs.a.oneOf[1]'], 1)).toEqual({
    'x-structured-attempts': '1',
    'x-structured-unenforced': 'uniqueItems, $defs.a.oneOf[1]',
  });
});

test.each([
  [['a\r\nset-cookie: b', 'ü, 漢"']],
  [['x'.repeat(100_000)]],
  [Array(100_000).fill('properties.x')],
  [['漢'.repeat(600), '漢'.repeat(600)]],
  [['']],
])('the list is bounded and safe in a header (%#)', (paths) => {
  const header = headersOf(paths)['x-structured-unenforced'] ?? '';
  expect(header).toMatch(/^[\w.$[\]-]*(, [\w.$[\]-]+)*$/);
  expect(Buffer.byteLength(header)).toBeLessThanOrEqual(unenforcedHeaderBytesMax);
});

test('a list that was cut says so', () => {
  expect(headersOf(['x'.repeat(2_000)])['x-structured-unenforced']).toBe('...');
  expect(headersOf(Array(1_000).fill('abc'))['x-structured-unenforced']).toMatch(/^abc, .*abc, \.\.\.$/);
});

test('the path of a tool goes on from its parameters', () => {
  const toParam: ToParam = (place) =>
    place.kind === 'tool-parameters' ? `functions[${place.toolIndex}]/${place.path}` : null;
  const unenforced = [{ path: 'uniqueItems' }, { path: 'not', toolIndex: 1 }];
  expect(toStructuredHeaders({ record: new AnswerRecord(), unenforced }, toParam)).toEqual({
    'x-structured-unenforced': 'uniqueItems, functions[1]_not',
  });
});

test('an idle effort has the name of the endpoint, or none', () => {
  const [idle, used] = [{ isEffortIdle: true }, { isEffortIdle: false }];
  const seen = { unseenImage: undefined };
  const unseen = { unseenImage: { kind: 'message', index: 1 } } as const;
  expect(listIdleParameters({ ...idle, ...seen }, ({ kind }) => kind)).toEqual(['reasoning-effort']);
  expect(listIdleParameters({ ...used, ...seen }, ({ kind }) => kind)).toEqual([]);
  expect(listIdleParameters({ ...idle, ...unseen }, () => null)).toEqual([]);
  expect(listIdleParameters({ ...idle, ...unseen }, ({ kind }) => kind)).toEqual([
    'reasoning-effort',
    'message',
  ]);
});
