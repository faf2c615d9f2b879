// Answers that clients let us keep: written when they are whole, read by the key that made them and by no other,
// and given up when they are too old or too many.
import type { RequestPlace } from '../../backend/request-place.ts';
import type {
  CompletionCollection,
  CompletionKey,
  CompletionMetadata,
  CompletionQuery,
  CompletionStore,
  StoredCompletion,
} from '../../store/completion-store.ts';
import { makeRoom } from '../make-room.ts';
import { createCompletionNotFoundError } from '../service-error.ts';
import type { UseCase } from '../usage/use-case.ts';

export type { StoredCompletion } from '../../store/completion-store.ts';

/** Of one record's input and output together: more than any default body, and little enough to read in one go. */
export const storedCompletionBytesMax = 16 * 1024 ** 2;

/** Interval for deleting old records, in milliseconds. */
const pruneIntervalMs = 60 * 60_000;

const dayMs = 24 * 60 * 60_000;

export interface StoredCompletionServiceOptions {
  readonly store: CompletionStore;
  readonly limits: StoredCompletionLimits;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** Hears of an answer that could not be kept, and of old ones that could not be removed. */
  readonly onFailure: (error: unknown, completionId: string | undefined) => void;
}

/** Each holds for one key and one kind of answer. */
export interface StoredCompletionLimits {
  /** Records; 0 keeps nothing. */
  readonly storedCompletionsMax: number;
  readonly storedCompletionsMbMax: number;
  /** Age in days. */
  readonly storedCompletionsDaysMax: number;
}

/** `place` says what of the request names the record. */
export interface CompletionReference extends CompletionKey {
  readonly place: RequestPlace;
}

export interface CompletionList {
  readonly completions: readonly StoredCompletion[];
  readonly hasMore: boolean;
}

/**
 * Records that are missing, too old or belong to another key are `response_not_found`. Storage failures are
 * `StoreError`.
 */
export interface StoredCompletionService {
  /** False where the operator lets nothing be kept. */
  readonly isEnabled: boolean;
  /**
   * Keeps a finished answer. False when that failed, such as on a full disk: an answer that was made must not be lost
   * for it, so nothing is thrown.
   */
  keep(completion: StoredCompletion): Promise<boolean>;
  get(reference: CompletionReference): Promise<StoredCompletion>;
  /** The same for a client that reads the answer again: a use case that costs no tokens. */
  replay(useCase: UseCase, reference: CompletionReference): Promise<StoredCompletion>;
  list(query: CompletionQuery): Promise<CompletionList>;
  setMetadata(reference: CompletionReference, metadata: CompletionMetadata): Promise<StoredCompletion>;
  remove(reference: CompletionReference): Promise<void>;
  /** Deletes old records, now and every hour. */
  start(): Promise<void>;
  close(): void;
}

/** A record that is larger than one may be. */
export class CompletionTooLargeError extends Error {
  constructor(bytes: number) {
    super(`An answer of ${bytes} bytes is not kept: ${storedCompletionBytesMax} are the most.`);
    this.name = 'CompletionTooLargeError';
  }
}

export function createStoredCompletionService(
  options: StoredCompletionServiceOptions,
): StoredCompletionService {
  const { store, limits, now, onFailure } = options;
  let timer: NodeJS.Timeout | undefined;
  const room = {
    countMax: limits.storedCompletionsMax,
    bytesMax: limits.storedCompletionsMbMax * 1024 ** 2,
  };
  const oldestMs = () => now() - limits.storedCompletionsDaysMax * dayMs;
  const removeOld = async () => {
    try {
      await store.removeMadeBefore(oldestMs());
    } catch (error) {
      onFailure(error, undefined);
    }
  };
  const find = async (reference: CompletionReference): Promise<StoredCompletion> => {
    const { place, ...key } = reference;
    const found = await store.find(key);
    // The next removal may be an hour away.
    if (found === undefined || found.createdAtMs < oldestMs()) {
      throw createCompletionNotFoundError(reference.id, place);
    }
    return found;
  };
  return {
    isEnabled: limits.storedCompletionsMax > 0,

    async keep(completion) {
      try {
        assertSize(completion);
        await store.insert(completion);
      } catch (error) {
        onFailure(error, completion.id);
        return false;
      }
      await makeRoom(store, toCollection(completion), room).catch((error: unknown) =>
        onFailure(error, undefined),
      );
      return true;
    },

    get: find,

    replay: (useCase, reference) =>
      useCase.run(async () => {
        useCase.notes.isReplay = true;
        const found = await find(reference);
        useCase.notes.model = found.model;
        return found;
      }),

    async list(query) {
      const page = await store.list(query);
      if (page === 'unknown-after')
        throw createCompletionNotFoundError(query.after ?? '', { kind: 'list-start' });
      const { completions, hasMore } = page;
      return { completions: completions.filter(({ createdAtMs }) => createdAtMs >= oldestMs()), hasMore };
    },

    async setMetadata(reference, metadata) {
      await find(reference);
      const changed = await store.setMetadata(reference, metadata);
      if (changed === undefined) throw createCompletionNotFoundError(reference.id, reference.place);
      return changed;
    },

    async remove(reference) {
      await find(reference);
      const isRemoved = await store.remove(reference);
      if (!isRemoved) throw createCompletionNotFoundError(reference.id, reference.place);
    },

    async start() {
      timer ??= setInterval(() => void removeOld(), pruneIntervalMs).unref();
      await removeOld();
    },

    close: () => clearInterval(timer),
  };
}

function assertSize({ inputText, outputText }: StoredCompletion): void {
  const bytes = Buffer.byteLength(inputText) + Buffer.byteLength(outputText);
  if (bytes > storedCompletionBytesMax) throw new CompletionTooLargeError(bytes);
}

function toCollection({ ownerId, kind }: CompletionCollection): CompletionCollection {
  return { ownerId, kind };
}
