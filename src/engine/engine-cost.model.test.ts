// What a generation of the embedded engine has cost, however it ended.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRequest } from '../../test/create-request.ts';
import { startEngine } from '../../test/start-engine.ts';
import { testModelPath } from '../../test/test-model.ts';
import type { Generation } from '../backend/generation.ts';
import { type GenerationEvent, noUsage } from '../backend/generation-event.ts';
import type { EngineClient } from './engine-client.ts';

let engine: EngineClient;

beforeAll(async () => {
  engine = await startEngine(testModelPath(), { slots: 1 });
});
afterAll(() => engine.close(1000));

const never = new AbortController().signal;

/** The events up to the delta of this number, or to the end. */
async function read({ events }: Generation, deltasMax = Infinity): Promise<readonly GenerationEvent[]> {
  const seen: GenerationEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (seen.filter(({ type }) => type === 'text-delta').length >= deltasMax) break;
  }
  return seen;
}

const long = () => createRequest('Write a very long story about the sea.', { maxTokens: 900 });

describe('what a generation has cost', () => {
  test('is what its finish says', async () => {
    const generation = engine.generate(createRequest('Hello', { maxTokens: 6 }), never);
    const finish = (await read(generation)).at(-1);
    expect(finish).toMatchObject({ type: 'finish', usage: { completionTokens: 6 } });
    expect(await generation.settled).toEqual(finish?.type === 'finish' && finish.usage);
  });

  test('is counted by the process where its reader leaves', async () => {
    const generation = engine.generate(long(), never);
    await read(generation, 5);
    const cost = await generation.settled;
    expect(cost.isEstimated).toBeUndefined();
    expect(cost.promptTokens).toBe(await engine.countTokens(long(), never));
    // A step may have been under way when the reader left, and some of its tokens may have been drafted.
    expect(cost.completionTokens).toBeGreaterThanOrEqual(5);
    expect(cost.completionTokens).toBeLessThan(60);
    expect(engine.load()).toMatchObject({ running: 0, waiting: 0, cacheUse: 0 });
  });

  test('is counted to the token where a signal aborts, also of text that was held back', async () => {
    const controller = new AbortController();
    // The text is held back for as long as it may be the beginning of the stop sequence: there is no delta to count.
    const request = createRequest('Repeat after me: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', {
      maxTokens: 900,
      grammar: 'root ::= "a"{900}',
      stop: ['a'.repeat(800)],
    });
    const generation = engine.generate(request, controller.signal);
    const reading = read(generation).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    controller.abort(new Error('left'));
    expect(await reading).toMatchObject({ message: 'left' });
    expect((await generation.settled).completionTokens).toBeGreaterThan(3);
  });

  test('is nothing where it left the queue, was refused, or came with an aborted signal', async () => {
    const controller = new AbortController();
    const running = engine.generate(long(), never);
    await read(running, 1);
    const busy = engine.generate(long(), never);
    const queued = engine.generate(createRequest('Hello'), controller.signal);
    expect(engine.load()).toMatchObject({ running: 1, slots: 1 });
    controller.abort(new Error('left'));
    expect(await queued.settled).toEqual(noUsage);
    await expect(read(queued)).rejects.toThrow('left');
    await busy.events[Symbol.asyncIterator]().return?.();
    const refused = engine.generate(createRequest('word '.repeat(2000)), never);
    await expect(read(refused)).rejects.toMatchObject({
      code: 'context_length_exceeded',
      isRetryable: false,
      wasGenerating: false,
    });
    expect(await refused.settled).toEqual(noUsage);
    const late = engine.generate(createRequest('Hello'), controller.signal);
    expect(await late.settled).toEqual(noUsage);
    await expect(read(late)).rejects.toThrow('left');
  });

  test('is known up to the last word of a process that crashes, and its load while it ran', async () => {
    const generation = engine.generate(long(), never);
    const waiting = engine.generate(createRequest('Hello', { maxTokens: 2 }), never);
    const reader = generation.events[Symbol.asyncIterator]();
    for (let deltas = 0; deltas < 5; ) {
      const { value } = await reader.next();
      if (value?.type === 'text-delta') deltas += 1;
    }
    expect(engine.load()).toMatchObject({ running: 1, waiting: 1, slots: 1 });
    expect(engine.load().cacheUse).toBeGreaterThan(0);
    expect(engine.load().cacheUse).toBeLessThan(0.5);
    // The one that waits comes first, and then this one's prompt is evaluated.
    expect(engine.load().firstTokenMs).toBeGreaterThan(100);
    process.kill(engine.pid ?? 0, 'SIGKILL');
    const cost = await generation.settled;
    expect(cost.isEstimated).toBe(true);
    expect(cost.promptTokens).toBeGreaterThan(10);
    expect(cost.completionTokens).toBeGreaterThanOrEqual(5);
    const readOn = async () => {
      while ((await reader.next()).done !== true);
    };
    await expect(readOn()).rejects.toMatchObject({
      code: 'engine_crashed',
      isRetryable: true,
      wasGenerating: true,
    });
    await read(waiting);
    expect(await waiting.settled).toMatchObject({ completionTokens: 2 });
  });
});
