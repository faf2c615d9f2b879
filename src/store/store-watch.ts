import { StoreError } from './store-error.ts';

/** Pauses between two probes of a store that does not answer, in milliseconds; they double from the first to the last. */
const probePauseMsMin = 100;
const probePauseMsMax = 2000;
/** A query that takes this long, in milliseconds, has the store probed. */
const slowQueryMs = 100;

export interface StoreWatchOptions {
  /** Hears of each change: a store that does not answer any more, for another reason than before, or again. */
  readonly onChange: (state: StoreState) => void;
}

/** `failure`: why the store does not answer; undefined: it does. */
export interface StoreState {
  readonly failure: StoreError | undefined;
}

/**
 * Whether the store answers. While it does not, queries fail at once instead of waiting for it, and a probe in the
 * background finds out when it is back.
 */
export class StoreWatch {
  readonly #onChange: (state: StoreState) => void;
  readonly #pending = new Set<(error: StoreError) => void>();
  #probe: (() => Promise<void>) | undefined;
  #failure: StoreError | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isProbing = false;
  #isClosed = false;
  #outages = 0;
  #tasks: (() => void)[] = [];

  constructor({ onChange }: StoreWatchOptions) {
    this.#onChange = onChange;
  }

  /** Undefined while the store answers. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** Outages so far: a connection from before the last one may be dead. */
  get outages(): number {
    return this.#outages;
  }

  /** How the store is probed: `probe` fails within a second or so if the store does not answer. */
  setProbe(probe: () => Promise<void>): void {
    this.#probe = probe;
    if (this.#failure !== undefined) this.#schedule(0);
  }

  /** Runs a task when the current outage is over, or at once. */
  onceAnswering(task: () => void): void {
    if (this.#failure === undefined) task();
    else this.#tasks.push(task);
  }

  /** Runs a query. @throws StoreError at once while the store does not answer, or as soon as that is known. */
  async guard<Result>(query: () => Promise<Result>): Promise<Result> {
    if (this.#failure !== undefined) throw this.#failure;
    const slow = setTimeout(() => void this.#probeOnce(), slowQueryMs);
    let giveUp: ((error: StoreError) => void) | undefined;
    try {
      return await new Promise<Result>((resolve, reject) => {
        giveUp = reject;
        this.#pending.add(reject);
        query().then(resolve, reject);
      });
    } catch (error) {
      this.report(error);
      throw error;
    } finally {
      clearTimeout(slow);
      if (giveUp !== undefined) this.#pending.delete(giveUp);
    }
  }

  /** An error that a query or a wait ended with. Only outages count: a full disk answers. */
  report(error: unknown): void {
    if (this.#isClosed || !(error instanceof StoreError) || !error.isOutage) return;
    if (this.#failure !== undefined) return;
    this.#change(error);
    this.#outages += 1;
    for (const giveUp of this.#pending) giveUp(error);
    this.#schedule(0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #change(failure: StoreError | undefined): void {
    this.#failure = failure;
    this.#onChange({ failure });
    if (failure === undefined) for (const task of this.#tasks.splice(0)) task();
  }

  #schedule(pauseMs: number): void {
    if (this.#isClosed || this.#probe === undefined) return;
    clearTimeout(this.#timer);
    const nextPauseMs = Math.min(Math.max(pauseMs * 2, probePauseMsMin), probePauseMsMax);
    this.#timer = setTimeout(async () => {
      await this.#probeOnce();
      if (this.#failure !== undefined) this.#schedule(nextPauseMs);
    }, pauseMs).unref();
  }

  async #probeOnce(): Promise<void> {
    if (this.#isProbing || this.#isClosed) return;
    this.#isProbing = true;
    try {
      await this.#probe?.();
      if (this.#failure !== undefined && !this.#isClosed) this.#change(undefined);
    } catch (error) {
      this.#note(error);
    } finally {
      this.#isProbing = false;
    }
  }

  #note(error: unknown): void {
    if (!(error instanceof StoreError)) return;
    if (this.#failure === undefined) this.report(error);
    else if (error.code !== this.#failure.code || error.isOutage !== this.#failure.isOutage)
      this.#change(error);
  }
}
