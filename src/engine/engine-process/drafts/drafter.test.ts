import { describe, expect, test } from 'vitest';
import { createDrafter, type DraftSources } from './drafter.ts';

const source = Array.from({ length: 40 }, (_, index) => 100 + index);

function create(changes: Partial<DraftSources>) {
  return createDrafter({
    prompt: Uint32Array.from(source),
    prediction: new Uint32Array(),
    completionTokensMax: 100,
    ...changes,
  });
}

function take(drafter: ReturnType<typeof create>, tokens: readonly number[]): void {
  for (const token of tokens) drafter.take(token);
}

describe('an answer that repeats its prompt', () => {
  test('its next tokens are drafted, and counted as they come', () => {
    const drafter = create({});
    expect(drafter.first).toBeUndefined();
    take(drafter, source.slice(0, 5));
    expect(drafter.first).toBe(source[5]);
    expect([...drafter.begin(4)]).toEqual(source.slice(5, 9));
    take(drafter, source.slice(5, 7));
    expect(drafter.isRight).toBe(true);
    take(drafter, [7]);
    expect(drafter.isRight).toBe(false);
    expect(drafter.usage()).toEqual({ acceptedTokens: 2, rejectedTokens: 2 });
  });

  test('a right draft ends with the token behind it', () => {
    const drafter = create({});
    take(drafter, source.slice(0, 5));
    drafter.begin(3);
    take(drafter, source.slice(5, 8));
    expect(drafter.isRight).toBe(true);
    take(drafter, source.slice(8, 9));
    expect(drafter.isRight).toBe(false);
    expect(drafter.usage()).toEqual({ acceptedTokens: 3, rejectedTokens: 0 });
    expect(drafter.first).toBe(source[9]);
  });

  test('tokens that come without a draft are neither accepted nor rejected', () => {
    const drafter = create({});
    take(drafter, source.slice(0, 20));
    expect(drafter.usage()).toEqual({ acceptedTokens: 0, rejectedTokens: 0 });
  });

  test('what is expected follows the answer', () => {
    const drafter = create({});
    take(drafter, source.slice(0, 5));
    const before = drafter.expectTokens(7);
    take(drafter, source.slice(5, 30));
    expect(drafter.expectTokens(7)).toBeGreaterThan(before);
    expect(drafter.expectTokens(7)).toBeGreaterThan(6);
  });
});

describe('a prediction', () => {
  const prediction = Uint32Array.from([1, 2, 3, 4, 5, 6, 7, 8]);

  test('is drafted from the first token on', () => {
    const drafter = create({ prediction });
    expect([...drafter.begin(15)]).toEqual([...prediction]);
    expect(drafter.expectTokens(3)).toBeGreaterThan(2.5);
  });

  test('is found again behind a change', () => {
    const drafter = create({ prediction });
    take(drafter, [1, 2, 99, 4, 5, 6]);
    expect(drafter.first).toBe(7);
  });

  test('the prompt is drafted where the answer follows it', () => {
    const drafter = create({ prediction });
    take(drafter, source.slice(10, 14));
    expect(drafter.first).toBe(source[14]);
  });
});
