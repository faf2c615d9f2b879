/** A part of a reservation that grows while an answer is made: its tokens, or the cost of its machine time. */
export interface GrowingAmount {
  reserved(): number;
  /** The budgets were asked for a slice and have not answered yet. */
  isAsking(): boolean;
  /** They had no room for the whole of the last slice. */
  isShort(): boolean;
  grow(slice: number): void;
}

interface GrowthOptions {
  /** Reserves more, within the budgets; resolves to what there was. Undefined: no budget, so that there is always more. */
  readonly extend: ((slice: number) => Promise<number>) | undefined;
  /** It grew without a budget. */
  readonly onChange: () => void;
}

export function createGrowingAmount(first: number, { extend, onChange }: GrowthOptions): GrowingAmount {
  let reserved = first;
  let isAsking = false;
  let isShort = false;
  return {
    reserved: () => reserved,
    isAsking: () => isAsking,
    isShort: () => isShort,
    grow(slice) {
      if (extend === undefined) {
        reserved += slice;
        onChange();
        return;
      }
      isAsking = true;
      extend(slice).then(
        (granted) => {
          isAsking = false;
          reserved += granted;
          isShort = granted < slice;
        },
        // The store does not answer. The answer continues, and is counted when the store is back.
        () => {
          isAsking = false;
          reserved += slice;
        },
      );
    },
  };
}
