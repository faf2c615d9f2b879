import { expect, test } from 'vitest';
import { keptHeader, keptHeaders, replayedHeader } from './kept-headers.ts';
import { answerHeaders } from './openapi/answer-headers.ts';

/** Each answer has its own, also one that is sent again. */
const ofOneAnswer = [
  ...['x-request-id', 'openai-processing-ms', 'retry-after', 'x-should-retry', 'www-authenticate'],
  ...[keptHeader, replayedHeader, 'request-id', 'x-token-count', 'x-next-after'],
];

test('each header of an answer is either kept with it or not', () => {
  const known = [...keptHeaders.filter((name) => name !== 'content-type'), ...ofOneAnswer];
  const others = Object.keys(answerHeaders).filter((name) => !/^(x|anthropic)-ratelimit-/.test(name));
  expect(others.toSorted()).toEqual(known.toSorted());
});
