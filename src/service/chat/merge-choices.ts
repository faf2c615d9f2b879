import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';

/**
 * Merges the events of all choices; the events of each choice stay in order. The next event of a choice is
 * requested only when the reader wants one, so a slow reader slows all choices.
 *
 * @param abort ends pending waits of the choices; called when one fails, or when the reader leaves early
 */
export async function* mergeChoices(
  choices: readonly AsyncIterable<GenerationEvent>[],
  abort: (reason: unknown) => void,
): AsyncGenerator<ChoiceEvent> {
  const iterators = choices.map((events) => events[Symbol.asyncIterator]());
  const idle = new Set(iterators.keys());
  const ready: Arrival[] = [];
  let wake = () => {};
  let waiting = 0;
  const ask = (choice: number) => {
    waiting += 1;
    const arrive = (arrival: Arrival) => {
      waiting -= 1;
      ready.push(arrival);
      wake();
    };
    iterators[choice]?.next().then(
      (result) => arrive({ choice, result }),
      (error: unknown) => arrive({ choice, error }),
    );
  };
  try {
    for (;;) {
      for (const choice of idle) ask(choice);
      idle.clear();
      const arrival = ready.shift();
      if (arrival === undefined) {
        if (waiting === 0) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if ('error' in arrival) throw arrival.error;
      if (arrival.result.done === true) continue;
      yield { choice: arrival.choice, event: arrival.result.value };
      idle.add(arrival.choice);
    }
  } finally {
    // An iterator that waits for its next event returns only after it.
    if (waiting > 0) abort(new Error('The other choices of this completion have ended.'));
    await Promise.allSettled(iterators.map((iterator) => iterator.return?.()));
  }
}

type Arrival =
  | { readonly choice: number; readonly result: IteratorResult<GenerationEvent> }
  | { readonly choice: number; readonly error: unknown };
