import { expect, test } from 'vitest';
import { BackendError } from '../backend/backend-error.ts';
import { createChatRecord } from '../service/chat/chat-record.ts';
import { createUnsupportedSchemaError, ServiceError } from '../service/service-error.ts';
import {
  paramCharactersMax,
  type SchemaPlaces,
  toPlacedError,
  toStructuredHeaders,
  unenforcedHeaderBytesMax,
} from './structured-output.ts';

function toPlaces(format: string | undefined, ...tools: readonly string[]): SchemaPlaces {
  return { format, tools, toolList: tools.length > 0 ? 'tools' : undefined };
}

function headersOf(unenforced: readonly string[], structuredAttempts?: number) {
  const record = { ...createChatRecord(), structuredAttempts };
  return toStructuredHeaders(
    { record, unenforced: unenforced.map((path) => ({ path })) },
    toPlaces('guided_json'),
  );
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

test.each([
  ['properties.x.pattern', 'guided_json', 'guided_json.properties.x.pattern'],
  ['', 'response_format.regex', 'response_format.regex'],
  ['[2].not', 'json_schema', 'json_schema[2].not'],
])('the path %j goes on from %s', (path, formatParam, param) => {
  expect(toPlacedError(createUnsupportedSchemaError(path, 'No.'), toPlaces(formatParam))).toMatchObject({
    code: 'unsupported_schema',
    param,
    message: 'No.',
  });
});

test('a long path is cut, and another error is left as it is', () => {
  const placed = toPlacedError(
    createUnsupportedSchemaError('x'.repeat(1_000_000), 'No.'),
    toPlaces('guided_json'),
  );
  expect(placed).toHaveProperty('param.length', paramCharactersMax);
  const other = new ServiceError('model_not_found', 'model', 'No.');
  expect(toPlacedError(other, toPlaces('guided_json'))).toBe(other);
  expect(toPlacedError(undefined, toPlaces(undefined))).toBeUndefined();
});

test('a grammar that the backend refuses stands where the form was asked for', () => {
  const refused = new BackendError('unsupported_grammar', 'It has no rule named x.');
  expect(toPlacedError(refused, toPlaces('guided_grammar', 'a'))).toMatchObject({
    code: 'unsupported_schema',
    param: 'guided_grammar',
    message: 'It has no rule named x.',
  });
});

test('the path of a tool goes on from its parameters, in an error and in the header', () => {
  const places = toPlaces('guided_json', 'tools[0].function.parameters', 'tools[1].function.parameters');
  const refused = new ServiceError('unsupported_schema', 'properties.x', 'No.', 1);
  expect(toPlacedError(refused, places)).toMatchObject({
    param: 'tools[1].function.parameters.properties.x',
  });
  const unenforced = [{ path: 'uniqueItems' }, { path: '', toolIndex: 0 }, { path: 'not', toolIndex: 1 }];
  expect(toStructuredHeaders({ record: createChatRecord(), unenforced }, places)).toEqual({
    'x-structured-unenforced': 'uniqueItems, tools[0].function.parameters, tools[1].function.parameters.not',
  });
});

test('a grammar that the backend refuses is that of the tools where there is no other', () => {
  const refused = new BackendError('unsupported_grammar', 'It is too large.');
  expect(toPlacedError(refused, toPlaces(undefined, 'a'))).toMatchObject({ param: 'tools' });
  expect(toPlacedError(refused, toPlaces(undefined))).toBe(refused);
});
