/** A state under construction: its edges in ascending order. Used again for the next text: arrays only grow. */
export class OpenState {
  isAccepting = false;
  edgeCount = 0;
  readonly labels: number[] = [];
  readonly targets: number[] = [];

  clear(): void {
    this.isAccepting = false;
    this.edgeCount = 0;
  }

  /** Adds an edge whose target is known later. */
  addEdge(label: number): void {
    this.labels[this.edgeCount] = label;
    this.targets[this.edgeCount] = -1;
    this.edgeCount++;
  }

  setLastTarget(target: number): void {
    this.targets[this.edgeCount - 1] = target;
  }
}

/**
 * The complete states of a growing automaton, equal ones once: a hash table over flat arrays, because there may be
 * hundreds of thousands of states, most with one edge.
 */
export class StateRegister {
  count = 0;
  #isAccepting = new Uint8Array(1024);
  #hashes = new Int32Array(1024);
  /** The edges of state s are `#firsts[s]` to `#firsts[s + 1] - 1`. */
  #firsts = new Int32Array(1025);
  #labels = new Int32Array(1024);
  #targets = new Int32Array(1024);
  #slots = new Int32Array(4096).fill(-1);

  /** The number of an equal state. If there is none, this state is registered. */
  numberOf(state: OpenState): number {
    if (this.count + 1 >= this.#hashes.length) this.#growStates();
    const hash = hashState(state);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] as number;
      if (number === -1) {
        this.#slots[slot] = this.count;
        return this.#add(state, hash);
      }
      if (this.#hashes[number] === hash && this.#isEqual(number, state)) return number;
    }
  }

  isAccepting(state: number): boolean {
    return this.#isAccepting[state] === 1;
  }

  edgeCount(state: number): number {
    return (this.#firsts[state + 1] as number) - (this.#firsts[state] as number);
  }

  label(state: number, at: number): number {
    return this.#labels[(this.#firsts[state] as number) + at] as number;
  }

  target(state: number, at: number): number {
    return this.#targets[(this.#firsts[state] as number) + at] as number;
  }

  #isEqual(number: number, { isAccepting, edgeCount, labels, targets }: OpenState): boolean {
    if (this.isAccepting(number) !== isAccepting || this.edgeCount(number) !== edgeCount) return false;
    for (let at = 0; at < edgeCount; at++) {
      if (this.label(number, at) !== labels[at] || this.target(number, at) !== targets[at]) return false;
    }
    return true;
  }

  #add({ isAccepting, edgeCount, labels, targets }: OpenState, hash: number): number {
    const number = this.count++;
    const first = this.#firsts[number] as number;
    const past = first + edgeCount;
    while (past > this.#labels.length) this.#growEdges();
    this.#isAccepting[number] = isAccepting ? 1 : 0;
    this.#hashes[number] = hash;
    this.#firsts[number + 1] = past;
    for (let at = 0; at < edgeCount; at++) {
      this.#labels[first + at] = labels[at] as number;
      this.#targets[first + at] = targets[at] as number;
    }
    return number;
  }

  #growStates(): void {
    const size = 2 * this.#hashes.length;
    this.#isAccepting = enlarge(this.#isAccepting, new Uint8Array(size));
    this.#hashes = enlarge(this.#hashes, new Int32Array(size));
    this.#firsts = enlarge(this.#firsts, new Int32Array(size + 1));
    const mask = 4 * size - 1;
    const slots = new Int32Array(mask + 1).fill(-1);
    for (let number = 0; number < this.count; number++) {
      let slot = (this.#hashes[number] as number) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }

  #growEdges(): void {
    const size = 2 * this.#labels.length;
    this.#labels = enlarge(this.#labels, new Int32Array(size));
    this.#targets = enlarge(this.#targets, new Int32Array(size));
  }
}

function enlarge<Numbers extends Int32Array | Uint8Array>(before: Numbers, after: Numbers): Numbers {
  after.set(before);
  return after;
}

function hashState({ isAccepting, edgeCount, labels, targets }: OpenState): number {
  let hash = isAccepting ? 1 : 2;
  for (let at = 0; at < edgeCount; at++) {
    hash = Math.imul(hash ^ (labels[at] as number), 0x9e3779b1);
    hash = Math.imul(hash ^ (targets[at] as number), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return hash;
}
