import { createOutageError, isOutage, StoreError } from './store-error.ts';
import { waitForSign } from './wait-for-sign.ts';

/** Pauses between two probes of a store that does not answer, in milliseconds; they double from the first to the last. */
const probePauseMsMin = 100;
const probePauseMsMax = 2000;
/** How often the oldest pending query is looked at, in milliseconds. */
const lookMs = 20;
/** A query that takes this long, in milliseconds, has the store asked for a sign of life (`wait-for-sign.ts`). */
const slowQueryMs = 30;
/** A store that answered a query so long ago, in milliseconds, answers. */
const recentAnswerMs = 100;

export interface StoreWatchOptions {
  /** Hears of each change: a store that does not answer any more, for another reason than before, or again. */
  readonly onChange: (state: StoreState) => void;
}

/** `failure`: why the store does not answer; undefined: it does. */
export interface StoreState {
  readonly failure: StoreError | undefined;
}

/** How the state of a store is found out. Both fail with a `StoreError`. */
export interface StoreProbe {
  /** Whether the store can be used; takes a second or so if it does not answer. */
  readonly probe: () => Promise<void>;
  /** A sign of life, as cheap as possible. Absent: queries never hang. */
  readonly ping?: () => Promise<void>;
}

interface PendingQuery {
  readonly startedAtMs: number;
  giveUp(error: StoreError): void;
}

/**
 * Whether the store answers. While it does not, queries fail at once instead of waiting for it, and a probe in the
 * background finds out when it is back.
 */
export class StoreWatch {
  readonly #onChange: (state: StoreState) => void;
  /** The oldest first. */
  readonly #pending = new Set<PendingQuery>();
  #probe: StoreProbe | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  #isPinging = false;
  #answeredAtMs = Number.NEGATIVE_INFINITY;
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

  setProbe(probe: StoreProbe): void {
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
    const pending: PendingQuery = { startedAtMs: performance.now(), giveUp: () => undefined };
    try {
      return await new Promise<Result>((resolve, reject) => {
        pending.giveUp = reject;
        this.#pending.add(pending);
        this.#lookLater();
        query().then((result) => {
          this.#answeredAtMs = performance.now();
          resolve(result);
        }, reject);
      });
    } catch (error) {
      this.report(error);
      throw error;
    } finally {
      this.#pending.delete(pending);
    }
  }

  /** A wait that took too long: an outage, unless the store answers other queries. Says whether it is one. */
  suspect(error: StoreError): boolean {
    if (performance.now() - this.#answeredAtMs < recentAnswerMs) return false;
    this.report(error);
    return true;
  }

  /** An error that a query or a wait ended with. Only outages count: a full disk answers. */
  report(error: unknown): void {
    if (this.#isClosed || !isOutage(error)) return;
    if (this.#failure !== undefined) return;
    this.#change(error);
    this.#outages += 1;
    for (const { giveUp } of this.#pending) giveUp(error);
    this.#schedule(0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#lookTimer);
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

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#lookTimer ??= setTimeout(() => {
      this.#lookTimer = undefined;
      const [oldest] = this.#pending;
      if (oldest === undefined) return;
      if (performance.now() - oldest.startedAtMs >= slowQueryMs) void this.#pingOnce();
      this.#lookLater();
    }, lookMs).unref();
  }

  async #pingOnce(): Promise<void> {
    const { ping } = this.#probe ?? {};
    if (ping === undefined) return await this.#probeOnce();
    if (this.#isPinging || this.#failure !== undefined) return;
    this.#isPinging = true;
    const sign = await waitForSign(ping(), () => this.#answeredAtMs);
    this.#isPinging = false;
    if (sign === 'answered') this.#answeredAtMs = performance.now();
    else if (sign === 'failed') await this.#probeOnce();
    else this.report(createOutageError());
  }

  async #probeOnce(): Promise<void> {
    if (this.#isProbing || this.#isClosed) return;
    this.#isProbing = true;
    try {
      await this.#probe?.probe();
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
