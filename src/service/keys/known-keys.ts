import type { KeyStore } from '../../store/key-store.ts';
import { createOutageError, StoreError } from '../../store/store-error.ts';
import { defaultProjectId, type OwnedKey, type StoredProject } from '../../store/stored-key.ts';
import { isLate, withinMs } from '../within-ms.ts';
import { createCheckSecret, isApiKey, readCheckedKeyId } from './api-key.ts';

/** Entries younger than this are used without a check, in milliseconds. */
const refreshAgeMs = 1000;
/** From this age on a request waits for the store: with the time that a query takes, a refused key stops within 2 s. */
const freshAgeMsMax = 1500;
/** How long a request waits for a store that does not answer. */
const storeWaitMsMax = 100;
/** How long it waits for a key that is not known, where the store answers others, in milliseconds. */
const slowStoreWaitMsMax = 1000;
/** How long a store that failed is left alone. */
const retryMs = 500;
/** A refresh that takes longer does not keep the next one from beginning. */
const readingMsMax = 2000;
/** An unknown key without a check asks the store this often at most. */
const uncheckedAgeMs = 30_000;
/** Maximum keys in memory. The oldest entry makes room. */
const entriesMax = 10_000;
/** How long cached keys stay valid while the store does not answer. */
export const keyStaleMsDefault = 300_000;

export interface KnownKeysOptions {
  readonly store: KeyStore;
  /** How old a key in memory may be where the store does not answer, in milliseconds; 0: it is refused. */
  readonly keyStaleMsMax?: number;
  /** Hears of a store that did not answer a request in time. Answers false if the store answers others: it is slow. */
  readonly suspectStore?: (error: StoreError) => boolean;
  /** A clock that is never set back, in milliseconds. */
  readonly elapsedMs?: () => number;
}

/**
 * A cache of the keys that this process has seen. Texts that are not keys are detected by their checksum, or
 * by the set of keys without a checksum. Only the first use of a key queries the store. One query per second
 * detects changes by this or another process.
 */
export class KnownKeys {
  readonly #store: KeyStore;
  readonly #keyStaleMsMax: number;
  readonly #suspectStore: (error: StoreError) => boolean;
  readonly #elapsedMs: () => number;
  readonly #entries = new Map<string, OwnedKey | undefined>();
  #defaultProject: { readonly project: StoredProject | undefined; readonly generation: number } | undefined;
  /** Written once for a database. */
  #checkSecret: string | undefined;
  /** The ids of keys whose check was right, by the keys' hashes: the check takes longer than the hash. */
  readonly #checkedIds = new Map<string, string>();
  #unchecked: ReadonlyMap<string, string> = new Map();
  #revision: number | undefined;
  /** Incremented with every change. Results that were read before a change are not cached after it. */
  #generation = 0;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: { readonly done: Promise<void>; readonly startedAtMs: number } | undefined;
  #failure: { readonly error: unknown; readonly atMs: number } | undefined;

  constructor({
    store,
    keyStaleMsMax = keyStaleMsDefault,
    suspectStore = () => true,
    elapsedMs = () => performance.now(),
  }: KnownKeysOptions) {
    this.#store = store;
    this.#keyStaleMsMax = keyStaleMsMax;
    this.#suspectStore = suspectStore;
    this.#elapsedMs = elapsedMs;
  }

  /**
   * The key that a text names; its hash must still be compared. Undefined if there is no such key.
   *
   * Waits 100 ms at most for a store that hangs.
   *
   * @throws StoreError if the store is needed and does not answer
   */
  async find(presented: string, hash: Buffer): Promise<OwnedKey | undefined> {
    const deadlineMs = this.#elapsedMs() + storeWaitMsMax;
    const id = await this.#identify(presented, hash, deadlineMs);
    if (id === undefined) return undefined;
    await this.#ensureFresh(deadlineMs);
    if (this.#entries.has(id)) return this.#entries.get(id);
    const generation = this.#generation;
    const owned = await this.#answerInTime(this.#store.findOwned(id), deadlineMs);
    if (generation === this.#generation) remember(this.#entries, id, owned);
    return owned;
  }

  /** The key with this hash if it was found before, and memory is fresh: most requests need not wait for a promise. */
  recall(hash: Buffer): OwnedKey | undefined {
    if (this.#ageMs() >= refreshAgeMs) return undefined;
    const id = this.#checkedIds.get(hash.toString('hex'));
    return id === undefined ? undefined : this.#entries.get(id);
  }

  /**
   * The default project, or what is last known of it while the store does not answer. Undefined if it was never read.
   *
   * Waits 100 ms at most.
   */
  async findDefaultProject(): Promise<StoredProject | undefined> {
    const deadlineMs = this.#elapsedMs() + storeWaitMsMax;
    try {
      await this.#ensureFresh(deadlineMs);
      if (this.#defaultProject?.generation === this.#generation) return this.#defaultProject.project;
      const generation = this.#generation;
      const project = await this.#answerInTime(this.#store.findProject(defaultProjectId), deadlineMs);
      this.#defaultProject = { project, generation };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
    return this.#defaultProject?.project;
  }

  /** The secret of the check. */
  async readCheckSecret(): Promise<string> {
    this.#checkSecret ??= await this.#store.readCheckSecret(createCheckSecret());
    return this.#checkSecret;
  }

  /** After a change that this process made. */
  forget(): void {
    this.#entries.clear();
    this.#generation += 1;
  }

  async #identify(presented: string, hash: Buffer, deadlineMs: number): Promise<string | undefined> {
    if (this.#checkSecret === undefined || this.#revision === undefined) await this.#ensureFresh(deadlineMs);
    const text = hash.toString('hex');
    const checkedId = this.#checkedIds.get(text);
    if (checkedId !== undefined) return checkedId;
    const id = readCheckedKeyId(presented, this.#checkSecret ?? '');
    if (id !== undefined) remember(this.#checkedIds, text, id);
    if (id !== undefined || !isApiKey(presented)) return id;
    if (!this.#unchecked.has(text) && this.#ageMs() > uncheckedAgeMs) await this.#ensureFresh(deadlineMs);
    return this.#unchecked.get(text);
  }

  #ageMs(): number {
    return this.#elapsedMs() - this.#readAtMs;
  }

  async #ensureFresh(requestDeadlineMs: number): Promise<void> {
    const ageMs = this.#ageMs();
    if (ageMs < refreshAgeMs) return;
    const reading = this.#startReading();
    if (ageMs < freshAgeMsMax) return;
    if (reading !== undefined) {
      const deadlineMs = Math.min(requestDeadlineMs, reading.startedAtMs + storeWaitMsMax);
      if (isLate(await withinMs(deadlineMs - this.#elapsedMs(), reading.done))) {
        this.#suspectStore(createTimeoutError());
      } else if (this.#ageMs() < freshAgeMsMax) return;
    }
    if (ageMs > this.#keyStaleMsMax) throw this.#failure?.error ?? createTimeoutError();
  }

  /** One at a time; undefined where the last one failed a moment ago. */
  #startReading() {
    const startedAtMs = this.#elapsedMs();
    const running = this.#reading;
    if (running !== undefined && startedAtMs - running.startedAtMs < readingMsMax) return running;
    if (this.#failure !== undefined && startedAtMs - this.#failure.atMs < retryMs) return undefined;
    const done = this.#read(startedAtMs).then(
      () => this.#endReading(startedAtMs, undefined),
      (error: unknown) => this.#endReading(startedAtMs, { error, atMs: this.#elapsedMs() }),
    );
    this.#reading = { done, startedAtMs };
    return this.#reading;
  }

  #endReading(startedAtMs: number, failure: { readonly error: unknown; readonly atMs: number } | undefined) {
    if (this.#reading?.startedAtMs !== startedAtMs) return;
    this.#failure = failure;
    this.#reading = undefined;
  }

  async #read(startedAtMs: number): Promise<void> {
    await this.readCheckSecret();
    const revision = await this.#store.readRevision();
    const isChanged = revision !== this.#revision;
    const unchecked = isChanged ? await this.#store.listUncheckedHashes() : [];
    // An answer that comes late must not bring back what a later one has replaced.
    if (startedAtMs < this.#readAtMs) return;
    if (isChanged) {
      this.#unchecked = new Map(unchecked.map(({ hash, keyId }) => [hash, keyId]));
      this.#revision = revision;
      // This also drops what a running look-up reads: it may have started before the change.
      this.forget();
    }
    this.#readAtMs = startedAtMs;
  }

  async #answerInTime<Answer>(answer: Promise<Answer>, deadlineMs: number): Promise<Answer> {
    const outcome = await withinMs(deadlineMs - this.#elapsedMs(), answer);
    if (!isLate(outcome)) return outcome;
    const error = createTimeoutError();
    if (this.#suspectStore(error)) throw error;
    const late = await withinMs(slowStoreWaitMsMax - storeWaitMsMax, answer);
    if (isLate(late)) throw error;
    return late;
  }
}

function remember<Value>(entries: Map<string, Value>, name: string, value: Value): void {
  if (entries.size >= entriesMax) {
    const [oldest] = entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
  }
  entries.set(name, value);
}

function createTimeoutError(): StoreError {
  return createOutageError('The database did not answer in time.');
}
