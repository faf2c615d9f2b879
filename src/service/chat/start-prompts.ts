// Several prompts of one request, answered in the same way.
//
// The first is one request like any other. The others come behind it, a few at a time, so that they leave slots to
// other requests; what the queue would refuse now was accepted with the first.
import { createContextOverflowError } from '../../backend/backend-error.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import type { GenerationPrompt, GenerationRequest } from '../../backend/generation-request.ts';
import { combineRecords } from './chat-record.ts';
import { type ChoiceContext, type StartedChoices, startChoices, startChoicesLater } from './start-choices.ts';

/** Prompts of one request that are under way at the same time. */
export const promptsAtOnceMax = 4;

/**
 * Waits until the first prompt was accepted; what the backend refuses of it is thrown here, of others by their events. That
 * one of them does not fit is found before the first begins.
 */
export async function startPrompts(
  request: GenerationRequest,
  furtherPrompts: readonly GenerationPrompt[],
  choiceCount: number,
  context: ChoiceContext,
  attemptsMax: number,
): Promise<StartedChoices> {
  await assertFit(request, furtherPrompts, context);
  const first = await startChoices(request, choiceCount, context, attemptsMax);
  if (furtherPrompts.length === 0) return first;
  const ends = [createEnd(choiceCount)];
  const others = furtherPrompts.map((prompt, index) => {
    const turn = ends[index + 1 - promptsAtOnceMax]?.reached ?? Promise.resolve();
    ends.push(createEnd(choiceCount));
    const further = { ...request, id: `${request.id}-prompt-${index + 1}`, prompt, isFurtherChoice: true };
    return startChoicesLater(further, choiceCount, context, attemptsMax, turn);
  });
  const groups = [first, ...others];
  const record = combineRecords([first.record, ...others.map((other) => other.record)], 'each');
  context.onRecord(record);
  return {
    choices: groups.flatMap(({ choices }, index) => choices.map((events) => noteEnd(events, ends[index]))),
    record,
  };
}

/** One after the other: the backend refuses more than its queue holds. */
async function assertFit(
  request: GenerationRequest,
  prompts: readonly GenerationPrompt[],
  { backend, signal }: ChoiceContext,
): Promise<void> {
  // One that can't count refuses what does not fit when its turn comes.
  if (backend.countTokens === undefined) return;
  for (const prompt of prompts) {
    const promptTokens = await backend.countTokens({ ...request, prompt }, signal);
    // It is known once the backend has counted.
    const contextLength = backend.describe()?.contextLength;
    if (contextLength !== undefined && promptTokens >= contextLength)
      throw createContextOverflowError(contextLength, promptTokens, prompt.kind);
  }
}

interface End {
  readonly reached: Promise<void>;
  note(): void;
}

/** Reached when it was noted `count` times. */
function createEnd(count: number): End {
  let resolve = () => {};
  const reached = new Promise<void>((onReached) => {
    resolve = onReached;
  });
  let left = count;
  const note = () => {
    left -= 1;
    if (left === 0) resolve();
  };
  return { reached, note };
}

async function* noteEnd(
  events: AsyncIterable<GenerationEvent>,
  end: End | undefined,
): AsyncGenerator<GenerationEvent> {
  yield* events;
  end?.note();
}
