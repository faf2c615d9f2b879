import { expect, test } from 'vitest';
import { formatTraceParent, parseTraceParent, toChildTraceParent } from './trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test.each([
  [`00-${traceId}-${spanId}-01`, true],
  [`00-${traceId}-${spanId}-00`, false],
  // Other flags are for later versions.
  [`00-${traceId}-${spanId}-03`, true],
  [`cc-${traceId}-${spanId}-01-what-the-future-will-be`, true],
])('%s is one', (header, isSampled) => {
  expect(parseTraceParent(header)).toEqual({ traceId, spanId, isSampled });
});

test.each([
  undefined,
  '',
  ['00', traceId],
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `ff-${traceId}-${spanId}-01`,
  `00-${traceId}-${spanId}-01-more`,
  `00-${traceId}-${spanId}`,
  `00-${traceId}-${spanId}-01\n`,
])('%j is ignored', (header) => {
  expect(parseTraceParent(header)).toBeUndefined();
});

test('a child has the trace and the decision of its parent, and another span', () => {
  const header = formatTraceParent({ traceId, spanId, isSampled: true });
  const child = parseTraceParent(toChildTraceParent(header));
  expect(child).toMatchObject({ traceId, isSampled: true });
  expect(child?.spanId).not.toBe(spanId);
  expect(toChildTraceParent('nothing')).toBeUndefined();
});
