/**
 * A partition of 0 … size-1 that splits sets in time proportional to the marked elements. From Valmari, "Fast
 * brief practical DFA minimization" (Information Processing Letters 112, 2012).
 */
export class RefinablePartition {
  setCount: number;
  /** The elements, with the elements of each set next to each other. */
  readonly elements: Int32Array;
  /** By element: its set. */
  readonly setOf: Int32Array;
  /** By set: where its elements begin, and end. */
  readonly firsts: Int32Array;
  readonly pasts: Int32Array;
  readonly #locations: Int32Array;
  readonly #marked: Int32Array;
  readonly #touched: number[] = [];

  constructor(size: number) {
    this.setCount = size > 0 ? 1 : 0;
    this.elements = Int32Array.from({ length: size }, (_, element) => element);
    this.#locations = this.elements.slice();
    this.setOf = new Int32Array(size);
    this.firsts = new Int32Array(size + 1);
    this.pasts = new Int32Array(size + 1);
    this.pasts[0] = size;
    this.#marked = new Int32Array(size + 1);
  }

  /** Arranges the elements by a key of small numbers, one set for each key. Only on a fresh partition. */
  splitByKey(keys: readonly number[], keyCount: number): void {
    const nexts = new Int32Array(keyCount + 1);
    for (const key of keys) nexts[key + 1] = (nexts[key + 1] as number) + 1;
    for (let key = 1; key <= keyCount; key++)
      nexts[key] = (nexts[key] as number) + (nexts[key - 1] as number);
    this.setCount = 0;
    const setOfKey = new Int32Array(keyCount);
    for (let key = 0; key < keyCount; key++) {
      if (nexts[key] === nexts[key + 1]) continue;
      setOfKey[key] = this.setCount;
      this.firsts[this.setCount] = nexts[key] as number;
      this.pasts[this.setCount] = nexts[key + 1] as number;
      this.setCount++;
    }
    keys.forEach((key, element) => {
      const at = nexts[key] as number;
      nexts[key] = at + 1;
      this.elements[at] = element;
      this.#locations[element] = at;
      this.setOf[element] = setOfKey[key] as number;
    });
  }

  mark(element: number): void {
    const set = this.setOf[element] as number;
    const at = this.#locations[element] as number;
    const marked = this.#marked[set] as number;
    const border = (this.firsts[set] as number) + marked;
    if (at < border) return;
    const moved = this.elements[border] as number;
    this.elements[at] = moved;
    this.#locations[moved] = at;
    this.elements[border] = element;
    this.#locations[element] = border;
    this.#marked[set] = marked + 1;
    if (marked === 0) this.#touched.push(set);
  }

  /** Splits each set that has marked and unmarked elements; the smaller half becomes the new set. */
  split(): void {
    for (let set = this.#touched.pop(); set !== undefined; set = this.#touched.pop()) {
      const first = this.firsts[set] as number;
      const past = this.pasts[set] as number;
      const marked = this.#marked[set] as number;
      const border = first + marked;
      this.#marked[set] = 0;
      if (border === past) continue;
      const added = this.setCount++;
      if (marked <= past - border) {
        this.firsts[added] = first;
        this.pasts[added] = border;
        this.firsts[set] = border;
      } else {
        this.firsts[added] = border;
        this.pasts[added] = past;
        this.pasts[set] = border;
      }
      const end = this.pasts[added] as number;
      for (let at = this.firsts[added] as number; at < end; at++)
        this.setOf[this.elements[at] as number] = added;
    }
  }
}
