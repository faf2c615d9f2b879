import { describe, expect, test } from 'vitest';
import { chooseDraftLength, type DraftOutlook } from './choose-draft-length.ts';

/** Each further token of a draft is right with this probability. */
function createOutlook(rate: number, draftTokensMax = 15): DraftOutlook {
  return {
    draftTokensMax,
    expectTokens: (tokens) =>
      Array.from({ length: tokens + 1 }, (_, index) => rate ** index).reduce((a, b) => a + b),
  };
}

/** As measured on two cores: a token alone takes 6 ms, and in a batch 2 ms more each. */
const onProcessor = (streams: number) => (more: number) => (4 + 2 * (streams + more)) / (4 + 2 * streams);
/** Where memory is the limit a batch takes hardly longer than a token. */
const onGraphics = () => (more: number) => 1 + 0.005 * more;

const nothing: DraftOutlook = { draftTokensMax: 0, expectTokens: () => 1 };

describe('one stream', () => {
  test.each<[string, number, number]>([
    ['nothing is right', 0, 0],
    ['half of it is right', 0.5, 0],
    ['a short one pays', 0.72, 3],
    ['a long one pays', 0.99, 15],
    ['all is right', 1, 15],
  ])('%s', (_, rate, expected) => {
    expect(chooseDraftLength([createOutlook(rate)], 200, onProcessor(1))).toBe(expected);
  });

  test('where a batch costs no more than a token, unsure drafts pay, too', () => {
    expect(chooseDraftLength([createOutlook(0.4)], 200, onGraphics())).toBeGreaterThan(0);
    expect(chooseDraftLength([createOutlook(0.05)], 200, onGraphics())).toBe(0);
  });

  test.each([0, 2, 3, 6, 7, 200])('a step with room for %s tokens', (room) => {
    const length = chooseDraftLength([createOutlook(1)], room, onProcessor(1));
    expect(length).toBeLessThanOrEqual(room);
    expect(length > 0).toBe(room >= 3);
  });

  test('no more than the stream can use', () => {
    expect(chooseDraftLength([nothing], 200, onProcessor(1))).toBe(0);
    expect(chooseDraftLength([createOutlook(1, 1)], 200, (more) => 1 + more)).toBe(0);
    expect(chooseDraftLength([createOutlook(1, 1)], 200, (more) => 1 + 0.5 * more)).toBeGreaterThan(0);
  });
});

describe('several streams', () => {
  test('one without a draft forbids those of others where they cost time', () => {
    const others = [createOutlook(1), createOutlook(1), nothing];
    expect(chooseDraftLength(others, 200, onProcessor(3))).toBe(0);
    expect(chooseDraftLength(others, 200, onGraphics())).toBe(0);
  });

  test('all that repeat draft together, and share the room', () => {
    const streams = [createOutlook(0.98), createOutlook(0.98), createOutlook(0.98)];
    expect(chooseDraftLength(streams, 200, onProcessor(3))).toBeGreaterThan(0);
    expect(chooseDraftLength(streams, 10, onProcessor(3))).toBe(3);
    expect(chooseDraftLength(streams, 8, onProcessor(3))).toBe(0);
  });
});
