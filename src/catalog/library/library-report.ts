/**
 * A model that is installed and can't be used as it is. `outside-gone`: its file was imported by a link, and what the
 * link leads to is gone. `wrong-links`: the names of its shards are missing, which a repair mends.
 * `unreadable-manifest`: damaged, or of a later version of Gravix.
 */
export interface LibraryProblem {
  readonly kind:
    | 'missing'
    | 'outside-gone'
    | 'wrong-size'
    | 'wrong-checksum'
    | 'wrong-links'
    | 'unreadable-manifest';
  /** The model's name, or the path of a manifest that does not tell it. */
  readonly name: string;
  /** A sentence that says what to do as well. */
  readonly message: string;
}

/** Something in the models folder that belongs to no installed model. */
export interface LibraryLeftover {
  /** `partial-download` is what a pull would go on with; `unknown` is none of ours and never removed. */
  readonly kind: 'unnamed-blob' | 'unnamed-shards' | 'partial-download' | 'unfinished-write' | 'unknown';
  readonly path: string;
  readonly sizeBytes: number;
}

export interface LibraryReport {
  /** Names of the models that were checked. */
  readonly models: readonly string[];
  readonly problems: readonly LibraryProblem[];
  readonly leftovers: readonly LibraryLeftover[];
}

export interface LibraryRepair {
  /** What is left after it. */
  readonly report: LibraryReport;
  readonly removed: readonly LibraryLeftover[];
  readonly freedBytes: number;
}

export interface LibraryCheckOptions {
  /** Reads every file whole, which takes a second or more for each gigabyte. */
  readonly withChecksums?: boolean;
  readonly signal?: AbortSignal;
}
