import { expect, test } from 'vitest';
import { finish, started, textDelta } from '../../../test/scripted-backend.ts';
import { openTestUseCase } from '../../../test/use-case.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import { readToEnd } from './read-to-end.ts';

/** Notes whether its reader has let it go. */
function createSource(results: readonly (GenerationEvent | Error)[]) {
  let index = 0;
  let returns = 0;
  const iterator: AsyncIterator<GenerationEvent> = {
    next: async () => {
      const result = results[index];
      index += 1;
      if (result instanceof Error) throw result;
      return result === undefined ? { done: true, value: undefined } : { done: false, value: result };
    },
    return: async () => {
      returns += 1;
      return { done: true, value: undefined };
    },
  };
  return { events: { [Symbol.asyncIterator]: () => iterator }, returns: () => returns };
}

async function read(results: readonly (GenerationEvent | Error)[], eventsMax = Number.POSITIVE_INFINITY) {
  const source = createSource(results);
  const useCase = openTestUseCase();
  const seen: string[] = [];
  let error: unknown;
  try {
    for await (const { event } of readToEnd(useCase, [source.events])) {
      seen.push(event.type);
      if (seen.length === eventsMax) break;
    }
  } catch (thrown) {
    error = thrown;
  }
  const { outcome } = await useCase.usage;
  return { seen, error, outcome, returns: source.returns() };
}

const answer = [started, textDelta('Hi'), finish(1)];
const types = ['started', 'text-delta', 'finish'];

test('the last finish ends the use case and lets its source go', async () => {
  expect(await read(answer)).toEqual({ seen: types, error: undefined, outcome: 'completed', returns: 1 });
});

test('so does a reader who leaves', async () => {
  expect(await read(answer, 2)).toMatchObject({ seen: types.slice(0, 2), error: undefined, returns: 1 });
});

test('and a failure, also where it is thrown for an event of a source that goes on', async () => {
  const failure = new Error('The budget is used up.');
  expect(await read([...answer.slice(0, 2), failure, finish(1)])).toEqual({
    seen: types.slice(0, 2),
    error: failure,
    outcome: 'failed',
    returns: 1,
  });
});

test('an end without a finish is a failure', async () => {
  expect(await read(answer.slice(0, 2))).toMatchObject({
    seen: types.slice(0, 2),
    error: { message: 'The generation ended without a finish event.' },
    outcome: 'failed',
  });
});
