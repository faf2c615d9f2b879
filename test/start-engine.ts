import { EngineClient, type EngineClientParts } from '../src/engine/engine-client.ts';
import type { EngineOptions } from '../src/engine/engine-options.ts';
import { createEngineProcessStarter } from '../src/engine/engine-process-handle.ts';

/** A real engine that has loaded this model; to be closed. */
export async function startEngine(
  modelPath: string,
  changes: Partial<EngineOptions> = {},
  log: EngineClientParts['log'] = () => undefined,
): Promise<EngineClient> {
  const engine = new EngineClient({
    options: {
      modelPath,
      slots: 2,
      contextLength: 1024,
      threads: 1,
      flashAttention: true,
      batchTokensMax: 256,
      stepMsTarget: 120,
      draftTokensMax: 15,
      ...changes,
    },
    limits: {
      queueLengthMax: 40,
      queueWaitMsMax: 120_000,
      restartDelayMsMin: 50,
      restartDelayMsMax: 1000,
      loadMsMax: 60_000,
    },
    version: '0.0.0-test',
    startProcess: createEngineProcessStarter(process.env),
    log,
  });
  await engine.start();
  return engine;
}

/** Of two vectors of the length 1. */
export function toSimilarity(first: ArrayLike<number>, second: ArrayLike<number>): number {
  return Array.from(first).reduce((sum, value, index) => sum + value * (second[index] ?? 0), 0);
}
