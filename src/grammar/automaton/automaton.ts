import { type CodePointSet, hasCodePoint } from './code-point-set.ts';

/**
 * A deterministic finite automaton over code points. State 0 is the start; a missing transition rejects. Every
 * state can be reached and can reach acceptance, except the start of the language without texts.
 */
export interface Automaton {
  readonly states: readonly AutomatonState[];
}

export interface AutomatonState {
  readonly isAccepting: boolean;
  /** One for each target, with disjoint sets that are not empty. */
  readonly transitions: readonly AutomatonTransition[];
}

export interface AutomatonTransition {
  readonly characters: CodePointSet;
  readonly target: number;
}

export function acceptsText(automaton: Automaton, text: string): boolean {
  let state = automaton.states[0];
  for (const character of text) {
    const codePoint = character.codePointAt(0) as number;
    const taken = state?.transitions.find(({ characters }) => hasCodePoint(characters, codePoint));
    if (taken === undefined) return false;
    state = automaton.states[taken.target];
  }
  return state?.isAccepting ?? false;
}

/** Whether it accepts no text at all. */
export function isEmptyAutomaton(automaton: Automaton): boolean {
  const [start] = automaton.states;
  return start === undefined || (!start.isAccepting && start.transitions.length === 0);
}

/** Whether it accepts finitely many texts: a trimmed automaton does exactly when it has no cycle. */
export function isFiniteAutomaton(automaton: Automaton): boolean {
  const { states } = automaton;
  const incoming = new Uint32Array(states.length);
  for (const { transitions } of states) {
    for (const { target } of transitions) incoming[target] = (incoming[target] as number) + 1;
  }
  const free: number[] = [];
  for (let state = 0; state < states.length; state++) if (incoming[state] === 0) free.push(state);
  let removed = 0;
  for (let state = free.pop(); state !== undefined; state = free.pop()) {
    removed++;
    for (const { target } of states[state]?.transitions ?? []) {
      incoming[target] = (incoming[target] as number) - 1;
      if (incoming[target] === 0) free.push(target);
    }
  }
  return removed === states.length;
}
