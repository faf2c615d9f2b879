import { expect, it } from 'vitest';
import { testModelPath } from '../../test/test-model.ts';
import { createEngineInspector } from './engine-inspector.ts';

const inspector = createEngineInspector({ environment: { PATH: process.env['PATH'] } });
const options = {
  modelPath: testModelPath(),
  slots: 2,
  contextLength: 1024,
  threads: undefined,
  flashAttention: true,
  batchTokensMax: 512,
  stepMsTarget: 100,
  draftTokensMax: 15,
};

it('measures what the real model needs', async () => {
  const need = await inspector.inspectMemory(options);
  expect(need).toMatchObject({ contextLength: 1024, contextLengthWanted: 1024, isEnough: true });
  expect(need.modelBytes).toBeGreaterThan(80_000_000);
  expect(need.modelBytes).toBeLessThan(200_000_000);
  const double = await inspector.inspectMemory({ ...options, slots: 4 });
  // 30 layers of 3 heads of 64 values, keys and values, two bytes each: 23,040 bytes a token.
  expect(double.contextBytes - need.contextBytes).toBeGreaterThan(2 * 1024 * 23_040 * 0.9);
});

it('tells a need that no memory holds', async () => {
  const need = await inspector.inspectMemory({ ...options, slots: 64, contextLength: 1_000_000 });
  expect(need).toMatchObject({ contextLength: 1_000_000, isEnough: false });
});
