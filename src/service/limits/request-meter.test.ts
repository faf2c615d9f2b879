import { expect, test } from 'vitest';
import { createRequestMeter } from './request-meter.ts';

/** A meter of a request for 1,000 tokens, and why it was stopped. */
function prepare(completionTokensMax: number, answers = 1) {
  const stops: unknown[] = [];
  const meter = createRequestMeter({
    need: {
      promptTokens: 10,
      completionTokensMax: 1_000,
      isOpenEnded: false,
      sliceTokens: 2_000,
      price: undefined,
    },
    reserved: { promptTokens: 10, completionTokens: completionTokensMax, costNano: 0 },
    completionTokensMax,
    answers,
    prompts: 1,
    extend: async (tokens) => tokens,
    onChange: () => {},
    stop: (reason) => stops.push(reason),
  });
  return { meter, stops };
}

test.each([
  [41, 1],
  [82, 2],
])(
  'an answer of a server that ignores its limit ends where the budget does (%d tokens for %d)',
  (most, answers) => {
    const { meter, stops } = prepare(most, answers);
    expect(meter.answerTokensMax).toBe(41);
    const answer = meter.begin(10);
    for (let made = 1; made <= 41; made += 1) answer.tell(made);
    expect(stops).toEqual([]);
    answer.tell(42);
    expect(stops).toMatchObject([{ code: 'insufficient_quota' }]);
  },
);

test('without a budget that is short, only the server decides on the length', () => {
  const { meter, stops } = prepare(1_000);
  meter.begin(10).tell(5_000);
  expect([meter.answerTokensMax, stops.length]).toEqual([undefined, 0]);
});
