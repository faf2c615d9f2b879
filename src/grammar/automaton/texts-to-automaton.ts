import type { Automaton, AutomatonState, AutomatonTransition } from './automaton.ts';
import { type CodePointSet, unite } from './code-point-set.ts';

/**
 * The minimal automaton of a finite set of texts, in time of their length. The texts are taken in sorted order, so
 * that all below a prefix is complete when the prefix ends, and a complete state is at once merged with its equal
 * (Daciuk, Mihov, Watson and Watson 2000).
 */
export function textsToAutomaton(texts: Iterable<string>): Automaton {
  const register = new StateRegister();
  /** The open states along the text before, each with its edges so far. */
  const path: OpenState[] = [new OpenState()];
  let before: readonly number[] = [];
  for (const text of sortTexts(texts)) {
    const codePoints = toCodePoints(text);
    const common = countCommon(before, codePoints);
    closeStates(path, common, register);
    for (let at = common; at < codePoints.length; at++) {
      path[at]?.labels.push(codePoints[at] as number);
      path.push(new OpenState());
    }
    const last = path[codePoints.length];
    if (last !== undefined) last.isAccepting = true;
    before = codePoints;
  }
  closeStates(path, 0, register);
  const start = register.numberOf(path[0] ?? new OpenState());
  return toOrderedAutomaton(register, start);
}

class OpenState {
  isAccepting = false;
  readonly labels: number[] = [];
  readonly targets: number[] = [];
}

/** Completes the states deeper than `depth`; each becomes the target of its parent's last edge. */
function closeStates(path: OpenState[], depth: number, register: StateRegister): void {
  while (path.length > depth + 1) {
    const closed = path.pop();
    if (closed !== undefined) path.at(-1)?.targets.push(register.numberOf(closed));
  }
}

/** The states that are complete, equal ones once. A hash table over flat arrays: there may be 100,000s of them. */
class StateRegister {
  readonly states: OpenState[] = [];
  #slots = new Int32Array(1024).fill(-1);
  readonly #hashes: number[] = [];

  numberOf(state: OpenState): number {
    const hash = hashState(state);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] as number;
      if (number === -1) {
        this.#slots[slot] = this.states.push(state) - 1;
        this.#hashes.push(hash);
        if (this.states.length * 2 > this.#slots.length) this.#grow();
        return this.states.length - 1;
      }
      if (this.#hashes[number] === hash && areEqual(this.states[number] as OpenState, state)) return number;
    }
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 4).fill(-1);
    const mask = slots.length - 1;
    this.#hashes.forEach((hash, number) => {
      let slot = hash & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = number;
    });
    this.#slots = slots;
  }
}

function hashState({ isAccepting, labels, targets }: OpenState): number {
  let hash = isAccepting ? 1 : 2;
  for (let at = 0; at < labels.length; at++) {
    hash = Math.imul(hash ^ (labels[at] as number), 0x9e3779b1);
    hash = Math.imul(hash ^ (targets[at] as number), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

function areEqual(a: OpenState, b: OpenState): boolean {
  if (a.isAccepting !== b.isAccepting || a.labels.length !== b.labels.length) return false;
  return a.labels.every((label, at) => label === b.labels[at] && a.targets[at] === b.targets[at]);
}

/** Numbers the states from the start on, and unites the characters that lead to one target. */
function toOrderedAutomaton(register: StateRegister, start: number): Automaton {
  const numbers = new Int32Array(register.states.length).fill(-1);
  const order = [start];
  numbers[start] = 0;
  const singles = new Map<number, CodePointSet>();
  const states: AutomatonState[] = [];
  for (let at = 0; at < order.length; at++) {
    const { isAccepting, labels, targets } = register.states[order[at] as number] as OpenState;
    const groups = new Map<number, CodePointSet[]>();
    labels.forEach((label, edge) => {
      const target = targets[edge] as number;
      if (numbers[target] === -1) {
        numbers[target] = order.length;
        order.push(target);
      }
      const single = singles.get(label) ?? [label, label];
      singles.set(label, single);
      const group = groups.get(target);
      if (group === undefined) groups.set(target, [single]);
      else group.push(single);
    });
    const transitions: AutomatonTransition[] = [];
    for (const [target, sets] of groups) {
      transitions.push({ characters: unite(...sets), target: numbers[target] as number });
    }
    states.push({ isAccepting, transitions });
  }
  return { states };
}

function countCommon(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let common = 0;
  while (common < end && a[common] === b[common]) common++;
  return common;
}

function toCodePoints(text: string): readonly number[] {
  const codePoints: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const codePoint = text.codePointAt(at) as number;
    if (codePoint > 0xffff) at++;
    codePoints.push(codePoint);
  }
  return codePoints;
}

/** By code points: the order of UTF-16 would tear apart texts with a lone surrogate, and the common prefixes with them. */
function sortTexts(texts: Iterable<string>): readonly string[] {
  const sorted = [...new Set(texts)].sort();
  return sorted.some((text) => /[\ud800-\udfff]/.test(text)) ? sorted.sort(compareCodePoints) : sorted;
}

function compareCodePoints(a: string, b: string): number {
  const left = toCodePoints(a);
  const right = toCodePoints(b);
  const common = countCommon(left, right);
  return (left[common] ?? -1) - (right[common] ?? -1);
}
