/**
 * An installed model that can't be used. `outside-gone`: its file was imported as a link, and the target is
 * gone. `wrong-links`: the links to its shards are missing; a repair creates them. `unreadable-manifest`:
 * damaged, or written by a later version of Gravix.
 */
export interface LibraryProblem {
  readonly kind:
    | 'missing'
    | 'outside-gone'
    | 'wrong-size'
    | 'wrong-checksum'
    | 'wrong-links'
    | 'unreadable-manifest';
  /** The model's name, or the path of a manifest without a readable name. */
  readonly name: string;
  /** A sentence that says what to do as well. */
  readonly message: string;
}

/** Something in the models folder that belongs to no installed model. */
export interface LibraryLeftover {
  /** `partial-download`: a pull can resume it. `unknown`: not a file of Gravix, and never removed. */
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
  /** The report after the repair. */
  readonly report: LibraryReport;
  readonly removed: readonly LibraryLeftover[];
  readonly freedBytes: number;
}

export interface LibraryCheckOptions {
  /** Reads every file whole, which takes a second or more for each gigabyte. */
  readonly withChecksums?: boolean;
  readonly signal?: AbortSignal;
}
