// A request that comes again under the same idempotency key gets the first answer again. One that comes while the first is
// being answered waits for it. Keys belong to the API key that sends them.
import { createHash, randomBytes } from 'node:crypto';
import type { IdempotencyStore, KeptAnswer, NewClaim } from '../../store/idempotency-store.ts';
import { ServiceError } from '../service-error.ts';
import { isLate, withinMs } from '../within-ms.ts';
import { type AnswerKeeper, createAnswerKeeper } from './answer-keeper.ts';
import { createClaimKeeper } from './claim-keeper.ts';
import type { IdempotencyLimits } from './idempotency-limits.ts';
import { pause } from './pause.ts';

export type { KeptAnswer } from '../../store/idempotency-store.ts';

export interface IdempotencyServiceOptions {
  readonly store: IdempotencyStore;
  readonly limits: IdempotencyLimits;
  /** A claim of a process that died is free after this time, in milliseconds; 15,000 unless given. */
  readonly claimMsMax?: number;
  /** Hears of an answer that could not be kept, and of what else failed in the store. */
  readonly onFailure: (error: unknown) => void;
}

export interface IdempotentRequest {
  readonly ownerId: string;
  /** As the client sent it. */
  readonly key: string;
  /** All that the answer depends on. */
  readonly requestText: string;
}

export type Beginning =
  | { readonly kind: 'first'; readonly keeper: AnswerKeeper }
  | { readonly kind: 'replay'; readonly answer: KeptAnswer };

export interface IdempotencyService {
  /**
   * Waits where the same request is being answered; `signal` ends the wait with its reason.
   *
   * @throws {ServiceError} `idempotency_key_reused`, `idempotency_key_in_use`
   */
  begin(request: IdempotentRequest, signal: AbortSignal): Promise<Beginning>;
  /** Keeps the claims of requests that take long, and removes what is too old, now and every ten minutes. */
  start(): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/** How often a waiting request looks, in milliseconds: first after the shortest pause, then each time after twice as long. */
const pauseMsMin = 25;
const pauseMsMax = 500;

/**
 * How long a slow store delays a request, in milliseconds: a new connection to a busy Postgres takes a few hundred. A store
 * that hangs fails sooner. Until a late claim has settled, further requests do not wait at all.
 */
const storeMsMax = 1000;

const claimMsDefault = 15_000;

export function createIdempotencyService(options: IdempotencyServiceOptions): IdempotencyService {
  const { store, limits, claimMsMax = claimMsDefault, onFailure } = options;
  const claims = createClaimKeeper({
    store,
    claimMsMax,
    answerMsMax: limits.idempotencyKeepMsMax,
    onFailure,
  });
  const ages = { claimMsMax, answerMsMax: limits.idempotencyKeepMsMax };
  const keepsNothing: AnswerKeeper = {
    canKeep: false,
    answerBytesMax: 0,
    keep: async () => false,
    drop: () => undefined,
  };
  let lateClaims = 0;
  /** undefined: the store failed. */
  const tryClaim = async (claim: NewClaim) => {
    if (lateClaims > 0) return undefined;
    try {
      const claiming = store.claim(claim, ages);
      const outcome = await withinMs(storeMsMax, claiming);
      if (!isLate(outcome)) return outcome;
      lateClaims += 1;
      claims.track(
        claiming
          .finally(() => {
            lateClaims -= 1;
          })
          .then(({ kind }) => (kind === 'claimed' ? store.release(claim.claimId) : undefined)),
      );
      onFailure(new Error(`The store did not answer within ${storeMsMax} ms.`));
    } catch (error) {
      onFailure(error);
    }
    return undefined;
  };
  return {
    async begin(request, signal) {
      if (limits.idempotentAnswersMax === 0) return { kind: 'first', keeper: keepsNothing };
      const claim = toClaim(request);
      const giveUpAtMs = performance.now() + limits.idempotencyWaitMsMax;
      for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
        const outcome = await tryClaim(claim);
        switch (outcome?.kind) {
          case undefined:
            return { kind: 'first', keeper: keepsNothing };
          case 'claimed':
            return {
              kind: 'first',
              keeper: createAnswerKeeper({ claim, store, limits, claims, storeMsMax, onFailure }),
            };
          case 'answered':
            return { kind: 'replay', answer: outcome.answer };
          case 'other-request':
            throw new ServiceError('idempotency_key_reused', keyReused);
          case 'in-flight':
            if (performance.now() >= giveUpAtMs) throw new ServiceError('idempotency_key_in_use', keyInUse);
            await pause(Math.min(pauseMs, giveUpAtMs - performance.now()), signal);
        }
      }
    },
    start: claims.start,
    close: claims.close,
  };
}

const keyReused = 'This Idempotency-Key belongs to another request. Send each new request with a new key.';
const keyInUse =
  'The first request with this Idempotency-Key is still being answered. Send the same request again later.';

/** Hashes: neither the key nor the request need to be read again. */
function toClaim({ ownerId, key, requestText }: IdempotentRequest): NewClaim {
  const claimId = randomBytes(16).toString('hex');
  return { ownerId, claimId, keyHash: toHash(key), requestHash: toHash(requestText) };
}

function toHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
