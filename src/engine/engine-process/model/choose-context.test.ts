import { expect, it } from 'vitest';
import { chooseContext } from './choose-context.ts';

const availableBytes = process.availableMemory();

/** A model of which one token of context takes this share of the memory that is free now. */
function createMeasures(tokenShare: number, trainContextLength = 100_000) {
  return {
    trainContextLength,
    estimateContextBytes: async ({ contextLength }: { contextLength: number }) =>
      contextLength * tokenShare * availableBytes,
  };
}

const options = {
  modelPath: '',
  slots: 2,
  contextLength: undefined,
  threads: undefined,
  flashAttention: true,
  batchTokensMax: 512,
  stepMsTarget: 100,
  draftTokensMax: 15,
};

it.each([
  ['8192 where nothing says less', createMeasures(0), undefined, 8192, true],
  ['the trained length', createMeasures(0, 3000), undefined, 3000, true],
  ['a trained length below the least', createMeasures(0, 256), undefined, 256, true],
  ['halves until it fits', createMeasures(0.5 / 2048), undefined, 2048, true],
  ['no less than 512', createMeasures(0.9 / 512), undefined, 512, false],
  ['what the operator set, where it fits', createMeasures(0.5 / 20_000), 20_000, 20_000, true],
  ['what the operator set, where it does not', createMeasures(0.9 / 600), 600, 600, false],
])('%s', async (_, measures, contextLength, expected, isEnough) => {
  const choice = await chooseContext(measures, { ...options, contextLength }, 3);
  expect(choice).toMatchObject({ isEnough, context: { contextLength: expected, sequences: 2, threads: 3 } });
});
