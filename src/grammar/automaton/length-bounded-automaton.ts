import type { Automaton, AutomatonState } from './automaton.ts';
import { type AutomatonLimits, AutomatonTooLargeError } from './automaton-limits.ts';
import { everyCodePoint } from './code-point-set.ts';

/**
 * Any text of `min` to `max` code points.
 *
 * @param max may be Infinity; below `min` no text is accepted.
 * @throws AutomatonTooLargeError where limits are given and it has more states.
 */
export function lengthBoundedAutomaton(min: number, max: number, limits?: AutomatonLimits): Automaton {
  if (max < min) return { states: [{ isAccepting: false, transitions: [] }] };
  const isOpen = max === Number.POSITIVE_INFINITY;
  const last = isOpen ? min : max;
  if (limits !== undefined && last + 1 > limits.statesMax) {
    throw new AutomatonTooLargeError(`It has more than ${limits.statesMax} states.`);
  }
  const states: AutomatonState[] = [];
  for (let length = 0; length <= last; length++) {
    const target = length < last ? length + 1 : last;
    const isEnd = length === last && !isOpen;
    states.push({
      isAccepting: length >= min,
      transitions: isEnd ? [] : [{ characters: everyCodePoint, target }],
    });
  }
  return { states };
}
