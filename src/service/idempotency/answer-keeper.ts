import type { IdempotencyStore, KeptAnswer, NewClaim } from '../../store/idempotency-store.ts';
import { makeRoom } from '../make-room.ts';
import { withinMs } from '../within-ms.ts';
import type { ClaimKeeper } from './claim-keeper.ts';
import type { IdempotencyLimits } from './idempotency-limits.ts';

/** Handles the answer of the first request with a key. */
export interface AnswerKeeper {
  /** False where the store failed already: the request is answered all the same. */
  readonly canKeep: boolean;
  readonly answerBytesMax: number;
  /** Keeps a whole answer. False when that failed: nothing is thrown. */
  keep(answer: KeptAnswer): Promise<boolean>;
  /** There is nothing to keep: the next request under the key is answered by itself. Does nothing after `keep`. */
  drop(): void;
}

export interface AnswerKeeperOptions {
  readonly claim: NewClaim;
  readonly store: IdempotencyStore;
  readonly limits: IdempotencyLimits;
  readonly claims: ClaimKeeper;
  /** An answer waits for the store for this long, in milliseconds. */
  readonly storeMsMax: number;
  readonly onFailure: (error: unknown) => void;
}

/** Holds a claim until its answer is kept or dropped. */
export function createAnswerKeeper(options: AnswerKeeperOptions): AnswerKeeper {
  const { claim, store, limits, claims, storeMsMax, onFailure } = options;
  const { claimId, ownerId } = claim;
  const answerBytesMax = limits.idempotentAnswerBytesMax;
  let isOpen = true;
  claims.hold(claimId);
  const complete = async (answer: KeptAnswer): Promise<boolean> => {
    try {
      assertSize(answer, answerBytesMax);
      if (!(await store.complete(claimId, answer)))
        throw new Error('The claim of an idempotency key was lost.');
    } catch (error) {
      onFailure(error);
      claims.track(store.release(claimId));
      return false;
    } finally {
      claims.letGo(claimId);
    }
    const room = {
      countMax: limits.idempotentAnswersMax,
      bytesMax: limits.idempotentAnswersMbMax * 1024 ** 2,
    };
    claims.track(makeRoom(store, { ownerId }, room));
    return true;
  };
  return {
    canKeep: true,
    answerBytesMax,
    async keep(answer) {
      if (!isOpen) return false;
      isOpen = false;
      const completing = complete(answer);
      claims.track(completing);
      return (await withinMs(storeMsMax, completing)) === true;
    },
    drop() {
      if (!isOpen) return;
      isOpen = false;
      claims.letGo(claimId);
      claims.track(store.release(claimId));
    },
  };
}

function assertSize({ text }: KeptAnswer, answerBytesMax: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > answerBytesMax) {
    throw new Error(`An answer of ${bytes} bytes is not kept: ${answerBytesMax} are the most.`);
  }
}
