import { expect, test } from 'vitest';
import { createRequest, untouched } from '../../test/create-request.ts';
import {
  createScriptedBackend,
  refuse,
  type Script,
  sayTexts,
  started,
  textDelta,
} from '../../test/scripted-backend.ts';
import { BackendError } from '../backend/backend-error.ts';
import { noUsage, type TokenUsage } from '../backend/generation-event.ts';
import { generateWithLease } from './generate-with-lease.ts';
import type { Lease } from './resident-model.ts';

function prepare(script: Script, acquired: Promise<void> = Promise.resolve()) {
  let released = 0;
  const backend = { ...createScriptedBackend(script), start: async () => undefined };
  const release = () => {
    released += 1;
  };
  const acquiring = acquired.then((): Lease => ({ backend, release }));
  const generation = generateWithLease(acquiring, (loaded) =>
    loaded.generate(createRequest('Hi'), untouched()),
  );
  return { backend, generation, released: () => released };
}

async function readAll(events: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of events) count += 1;
  return count;
}

test('a lease is released once when the answer is whole, and when it is refused', async () => {
  const whole = prepare(sayTexts('a'));
  expect(await readAll(whole.generation.events)).toBe(3);
  await whole.generation.settled;
  expect(whole.released()).toBe(1);
  const refused = prepare(refuse(new BackendError('overloaded', 'Busy.')));
  await expect(readAll(refused.generation.events)).rejects.toThrow('Busy.');
  expect(await refused.generation.settled).toEqual(noUsage);
  expect(refused.released()).toBe(1);
});

test('it is held until the backend has settled, longer than its reader stays', async () => {
  let settle: (usage: TokenUsage) => void = () => undefined;
  const settled = new Promise<TokenUsage>((resolve) => {
    settle = resolve;
  });
  let released = 0;
  const scripted = createScriptedBackend(() => [started, textDelta('a'), { type: 'wait-for-abort' }]);
  const backend = { ...scripted, start: async () => undefined };
  const release = () => {
    released += 1;
  };
  const generation = generateWithLease(Promise.resolve({ backend, release }), (loaded) => ({
    ...loaded.generate(createRequest('Hi'), untouched()),
    settled,
  }));
  for await (const event of generation.events) if (event.type === 'text-delta') break;
  expect(released).toBe(0);
  settle({ ...noUsage, completionTokens: 7 });
  expect(await generation.settled).toMatchObject({ completionTokens: 7 });
  expect(released).toBe(1);
});

test('a reader that leaves before the model is there asks nothing of it', async () => {
  let load = () => {};
  const loaded = new Promise<void>((resolve) => {
    load = resolve;
  });
  const { backend, generation, released } = prepare(sayTexts('a'), loaded);
  await generation.events[Symbol.asyncIterator]().return?.();
  load();
  expect(await generation.settled).toEqual(noUsage);
  expect(released()).toBe(1);
  expect(backend.requests).toEqual([]);
});

test('a model that can not be loaded is thrown in the reader alone', async () => {
  const error = new BackendError('insufficient_memory', 'It does not fit.');
  const { generation, released } = prepare(sayTexts('a'), Promise.reject(error));
  expect(await generation.settled).toEqual(noUsage);
  await expect(readAll(generation.events)).rejects.toBe(error);
  expect(released()).toBe(0);
});
