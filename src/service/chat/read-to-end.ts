import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import type { UseCase } from '../usage/use-case.ts';
import { mergeChoices } from './merge-choices.ts';

/** The events of all choices to the last `finish`, with which the use case ends. Read once. */
export function readToEnd(
  useCase: Pick<UseCase, 'abort' | 'end'>,
  choices: readonly AsyncIterable<GenerationEvent>[],
): AsyncIterable<ChoiceEvent> {
  const [first] = choices;
  // One choice has nothing to be merged with: its tokens pass one iterator less.
  return first !== undefined && choices.length === 1
    ? readAll(useCase, first, 1, (event) => ({ choice: 0, event }))
    : readAll(useCase, mergeChoices(choices, useCase.abort), choices.length, (event) => event);
}

/** It is written out: a generator would cost each token three promises in place of one. */
function readAll<Event>(
  useCase: Pick<UseCase, 'end'>,
  events: AsyncIterable<Event>,
  finishes: number,
  toChoiceEvent: (event: Event) => ChoiceEvent,
): AsyncIterable<ChoiceEvent> {
  const source = events[Symbol.asyncIterator]();
  let open = finishes;
  let isOver = false;
  const fail = (error: unknown): never => {
    isOver = true;
    // An event that is refused, such as a finish beyond a budget, leaves its source open.
    source.return?.().catch(() => undefined);
    useCase.end(error);
    throw error;
  };
  const pass = (result: IteratorResult<Event>): IteratorResult<ChoiceEvent> => {
    if (result.done === true) return fail(new Error('The generation ended without a finish event.'));
    const value = toChoiceEvent(result.value);
    if (value.event.type === 'finish') open -= 1;
    return { done: false, value };
  };
  const leave = async (): Promise<IteratorResult<ChoiceEvent>> => {
    if (isOver) return { done: true, value: undefined };
    isOver = true;
    try {
      await source.return?.();
    } catch (error) {
      fail(error);
    }
    useCase.end();
    return { done: true, value: undefined };
  };
  const iterator: AsyncIterator<ChoiceEvent> = {
    next: () => (isOver || open === 0 ? leave() : source.next().then(pass, fail)),
    return: leave,
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
