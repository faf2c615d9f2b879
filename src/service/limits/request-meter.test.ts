import { describe, expect, test } from 'vitest';
import { noUsage, type TokenUsage } from '../../backend/generation-event.ts';
import type { ModelPrice } from './model-price.ts';
import { createRequestMeter } from './request-meter.ts';

/** A meter of a request for 1,000 tokens, and why it was stopped. */
function prepare(completionTokensMax: number, answers = 1, price?: ModelPrice) {
  const stops: unknown[] = [];
  let changes = 0;
  const meter = createRequestMeter({
    need: {
      promptTokens: 10,
      completionTokensMax: 1_000,
      isOpenEnded: false,
      sliceTokens: 2_000,
      price,
    },
    deploymentName: 'm',
    reserved: { promptTokens: 10, completionTokens: completionTokensMax, costNano: 0 },
    completionTokensMax,
    answers,
    prompts: 1,
    extend: async (tokens) => tokens,
    onChange: () => {
      changes += 1;
    },
    stop: (reason) => stops.push(reason),
  });
  return { meter, stops, changes: () => changes };
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

describe('a request that ends with its process is charged', () => {
  const toPrice = (nano: number): ModelPrice => ({
    inputNano: nano,
    cachedInputNano: nano,
    outputNano: nano,
    currency: 'USD',
  });
  const price = { ...toPrice(9e6), ofDeployments: new Map([['cheap', toPrice(1e6)]]) };
  const nothing = { promptTokens: 0, completionTokens: 0, costNano: 0 };

  test('nothing before a server was sent it', () => {
    const { meter } = prepare(1_000, 1, price);
    expect(meter.toReservation()).toMatchObject({ made: nothing, deployment: undefined });
  });

  test.each([
    ['cheap', 'cheap', 10],
    ['other', 'other', 90],
    [undefined, 'm', 90],
  ])('its prompt at the deployment that was sent it: %s', (servedBy, deployment, costNano) => {
    const { meter, changes } = prepare(1_000, 1, price);
    meter.noteSent({ ...(servedBy && { servedBy }), settled: new Promise(() => undefined) });
    const made = { promptTokens: 10, completionTokens: 0, costNano };
    expect(meter.toReservation()).toMatchObject({ made, deployment });
    expect(changes()).toBe(1);
  });

  test.each([
    ['refused it', noUsage, nothing, undefined],
    ['lost it', { ...noUsage, promptTokens: 9 }, { ...nothing, promptTokens: 10, costNano: 10 }, 'cheap'],
  ])('by whether the server %s', async (_, usage: TokenUsage, made, deployment) => {
    const { meter } = prepare(1_000, 1, price);
    const settled = Promise.resolve(usage);
    meter.noteSent({ servedBy: 'cheap', settled });
    await settled;
    expect(meter.toReservation()).toMatchObject({ made, deployment });
  });

  test('by the last of several servers, whatever became of the first', async () => {
    const { meter } = prepare(1_000, 1, price);
    let refuse: (usage: TokenUsage) => void = () => {};
    const settled = new Promise<TokenUsage>((resolve) => {
      refuse = resolve;
    });
    meter.noteSent({ servedBy: 'other', settled });
    meter.noteSent({ servedBy: 'cheap', settled: new Promise(() => undefined) });
    refuse(noUsage);
    await settled;
    expect(meter.toReservation()).toMatchObject({
      made: { promptTokens: 10, costNano: 10 },
      deployment: 'cheap',
    });
  });

  test('to the end of its slice once its answer has begun', () => {
    const { meter } = prepare(1_000, 1, price);
    meter.noteSent({ servedBy: 'other', settled: new Promise(() => undefined) });
    meter.begin(12, 'cheap').tell(3);
    const made = { promptTokens: 12, completionTokens: 1_000, costNano: 1_012 };
    expect(meter.toReservation()).toMatchObject({ made, deployment: 'cheap' });
  });
});
