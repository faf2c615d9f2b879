// Deployments that are left because they are slow, while nothing of their answer was sent.
import { expect, test } from 'vitest';
import { createComposite, createDeployment, readAnswer } from '../../test/create-deployment.ts';
import { createRequest } from '../../test/create-request.ts';
import { createFakeClock } from '../../test/fake-clock.ts';
import {
  createScriptedBackend,
  finish,
  type ScriptStep,
  sayTexts,
  started,
  textDelta,
} from '../../test/scripted-backend.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { Deployment } from './deployment.ts';

/** The first deployment makes one token at each of these times, in milliseconds. */
function prepare(timesMs: readonly number[], changes: Partial<Deployment>, hasSpare = true) {
  const clock = createFakeClock();
  const at = (atMs: number) =>
    new Promise<void>((resolve) => {
      clock.setTimer(resolve, atMs);
    });
  const slow = createScriptedBackend(() => [
    started,
    ...timesMs.flatMap((atMs): ScriptStep[] => [{ type: 'wait-for', promise: at(atMs) }, textDelta('s')]),
    finish(timesMs.length + 1),
  ]);
  const spare = createScriptedBackend(sayTexts('f'));
  const deployments = [
    createDeployment('slow', slow, changes),
    createDeployment('fast', spare, { priority: 1 }),
  ];
  const composite = createComposite(deployments.slice(0, hasSpare ? 2 : 1), clock);
  const ask = (more: Partial<GenerationRequest> = {}) => {
    const generation = composite.generate(createRequest('Hi', more), new AbortController().signal);
    return { answer: readAnswer(generation), settled: generation.settled };
  };
  return { clock, slow, spare, ask };
}

const oneEachSecond = Array.from({ length: 20 }, (_, index) => (index + 1) * 1_000);

test('a whole answer that comes too slowly comes from another deployment', async () => {
  const { ask, clock, slow } = prepare(oneEachSecond, { tokensPerSecondMin: 5 });
  const { answer, settled } = ask({ isStreamed: false });
  await clock.advance(4_000);
  expect(await answer).toMatchObject({ text: 'f', servedBy: 'fast' });
  expect(slow.endings).toMatchObject([{ how: 'aborted' }]);
  // It was asked for a stream, which shows its speed.
  expect(slow.requests[0]?.isStreamed).toBe(true);
  expect(await settled).toMatchObject({
    promptTokens: 12,
    lostAttempts: [{ servedBy: 'slow', promptTokens: 12 }],
  });
});

test.each<[string, Partial<GenerationRequest>, Partial<Deployment>, boolean]>([
  ['is fast enough', { isStreamed: false }, { tokensPerSecondMin: 0.5 }, true],
  ['has been sent in part', {}, { tokensPerSecondMin: 5 }, true],
  ['no other deployment can begin', { isStreamed: false }, { tokensPerSecondMin: 5 }, false],
  ['has no least speed', { isStreamed: false }, {}, true],
])('an answer that %s is not left', async (_, request, changes, hasSpare) => {
  const { ask, clock } = prepare(oneEachSecond, changes, hasSpare);
  const { answer } = ask(request);
  await clock.advance(21_000);
  expect((await answer).text).toBe('s'.repeat(20));
});

test('a first token that is late comes from another deployment', async () => {
  const { ask, clock, slow } = prepare([9_000], { firstTokenMs: 3_000 });
  const { answer } = ask({ isStreamed: false });
  await clock.advance(2_900);
  expect(slow.requests[0]?.isStreamed).toBe(true);
  expect(slow.endings).toHaveLength(0);
  await clock.advance(200);
  expect(await answer).toMatchObject({ text: 'f', servedBy: 'fast' });
});

test('a first token that is late is waited for where no other deployment can begin, or it came in time', async () => {
  for (const [timesMs, hasSpare] of [
    [[9_000], false],
    [[2_000, 9_000], true],
  ] as const) {
    const { ask, clock } = prepare(timesMs, { firstTokenMs: 3_000 }, hasSpare);
    const { answer } = ask();
    await clock.advance(10_000);
    expect((await answer).text).toBe('s'.repeat(timesMs.length));
  }
});
