import type { Automaton, AutomatonState } from './automaton.ts';
import { type CodePointSet, unite } from './code-point-set.ts';
import { OpenState, StateRegister } from './state-register.ts';

/**
 * The minimal automaton of a finite set of texts, in time of their length. The texts are taken in sorted order, so
 * that all below a prefix is complete when the prefix ends, and a complete state is at once merged with its equal
 * (Daciuk, Mihov, Watson and Watson 2000).
 */
export function textsToAutomaton(texts: Iterable<string>): Automaton {
  const register = new StateRegister();
  const path = new OpenPath();
  let before: readonly number[] = [];
  for (const text of sortTexts(texts)) {
    const codePoints = toCodePoints(text);
    const common = countCommon(before, codePoints);
    path.close(common, register);
    for (let at = common; at < codePoints.length; at++) path.append(codePoints[at] as number);
    path.accept();
    before = codePoints;
  }
  return toOrderedAutomaton(register, path.finish(register));
}

/** The open states along one text, by depth. */
class OpenPath {
  readonly #states = [new OpenState()];
  #depth = 0;

  /** Completes the states deeper than `depth`; each becomes the target of its parent's last edge. */
  close(depth: number, register: StateRegister): void {
    for (; this.#depth > depth; this.#depth--) {
      this.#states[this.#depth - 1]?.setLastTarget(register.numberOf(this.#top()));
    }
  }

  append(codePoint: number): void {
    this.#top().addEdge(codePoint);
    this.#depth++;
    this.#states[this.#depth]?.clear();
  }

  accept(): void {
    this.#top().isAccepting = true;
  }

  finish(register: StateRegister): number {
    this.close(0, register);
    return register.numberOf(this.#top());
  }

  #top(): OpenState {
    const state = this.#states[this.#depth] ?? new OpenState();
    this.#states[this.#depth] = state;
    return state;
  }
}

/** Numbers the states from the start on, and unites the characters that lead to one target. */
function toOrderedAutomaton(register: StateRegister, start: number): Automaton {
  const numbers = new Int32Array(register.count).fill(-1);
  const order = [start];
  numbers[start] = 0;
  const singles = new Map<number, CodePointSet>();
  const states: AutomatonState[] = [];
  for (let at = 0; at < order.length; at++) {
    const state = order[at] as number;
    const transitions: { characters: CodePointSet; target: number }[] = [];
    let groups: Map<number, { characters: CodePointSet; target: number }> | undefined;
    const edgeCount = register.edgeCount(state);
    for (let edge = 0; edge < edgeCount; edge++) {
      const label = register.label(state, edge);
      const registered = register.target(state, edge);
      if (numbers[registered] === -1) numbers[registered] = order.push(registered) - 1;
      const target = numbers[registered] as number;
      const characters = singles.get(label) ?? [label, label];
      singles.set(label, characters);
      if (edgeCount === 1) {
        transitions.push({ characters, target });
        break;
      }
      groups ??= new Map();
      const group = groups.get(target);
      if (group !== undefined) group.characters = unite(group.characters, characters);
      else {
        const transition = { characters, target };
        groups.set(target, transition);
        transitions.push(transition);
      }
    }
    states.push({ isAccepting: register.isAccepting(state), transitions });
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
