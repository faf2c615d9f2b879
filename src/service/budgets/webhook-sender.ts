// Delivers messages that are kept in the store: each until it arrives, or until its attempts are used up. Several servers
// share the work, and a message survives the end of a process.
import type { BudgetNoticeStore, ClaimedMessage, WebhookMessage } from '../../store/budget-notice-store.ts';

/** Pause between two looks for due messages, in milliseconds. */
const lookMsDefault = 5000;

/** Messages that are sent at the same time. */
const messagesAtOnceMax = 8;

/** Pause after the first attempt, in milliseconds. Each further one is four times as long. */
const retryMsDefault = { first: 5000, max: 6 * 3_600_000 };

const retryFactor = 4;

/** Time beyond an attempt after which another server may try, in milliseconds. */
const leaseSpareMs = 10_000;

/** The result of one attempt. No reason names the address, which may hold a secret. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'failed';
      /** Such as `status 500`, `ECONNREFUSED` or `timeout`. */
      readonly reason: string;
      /** The receiver wants no further attempt. */
      readonly isFinal: boolean;
      /** The pause that the receiver asked for, in milliseconds. */
      readonly retryAfterMs: number | undefined;
    };

export interface WebhookSenderOptions {
  readonly store: Pick<BudgetNoticeStore, 'claimDue' | 'postpone' | 'remove'>;
  /** Makes one attempt, within `attemptMsMax`. It does not throw. */
  readonly post: (message: WebhookMessage, signal: AbortSignal) => Promise<DeliveryOutcome>;
  readonly attemptMsMax: number;
  /** 1 or more. */
  readonly attemptsMax: number;
  readonly lookMs?: number;
  readonly retryMs?: { readonly first: number; readonly max: number };
  readonly onAttemptFailure: (failure: FailedAttempt) => void;
  /** A message was not delivered, and is given up. */
  readonly onGivenUp: (failure: FailedAttempt) => void;
  /** The store failed. */
  readonly onFailure: (error: unknown) => void;
}

export interface FailedAttempt {
  readonly messageId: string;
  readonly attempts: number;
  readonly reason: string;
}

export interface WebhookSender {
  /** A message was recorded: sends it now. */
  wake(): void;
  /** Ends running attempts, which another server or the next start makes again. */
  close(): Promise<void>;
}

export function startWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { store, attemptMsMax, lookMs = lookMsDefault, onFailure } = options;
  const closing = new AbortController();
  let sending: Promise<void> | undefined;
  let isWanted = false;
  const sendAll = async () => {
    do {
      isWanted = false;
      const messages = await store.claimDue(attemptMsMax + leaseSpareMs, messagesAtOnceMax);
      await Promise.all(messages.map((message) => deliver(message, options, closing.signal)));
      if (messages.length === messagesAtOnceMax) isWanted = true;
    } while (isWanted && !closing.signal.aborted);
  };
  const wake = () => {
    isWanted = true;
    if (closing.signal.aborted) return;
    sending ??= sendAll()
      .catch(onFailure)
      .finally(() => {
        sending = undefined;
      });
  };
  const timer = setInterval(wake, lookMs).unref();
  wake();
  return {
    wake,
    async close() {
      clearInterval(timer);
      closing.abort();
      await sending;
    },
  };
}

async function deliver(
  message: ClaimedMessage,
  options: WebhookSenderOptions,
  signal: AbortSignal,
): Promise<void> {
  const { store, post, attemptsMax, onAttemptFailure, onGivenUp } = options;
  const { id: messageId, attempts } = message;
  const outcome = await post(message, signal);
  if (outcome.kind === 'delivered') return await store.remove(messageId);
  if (signal.aborted) return await store.postpone(message, 0);
  const failure = { messageId, attempts, reason: outcome.reason };
  if (outcome.isFinal || attempts >= attemptsMax) {
    await store.remove(messageId);
    onGivenUp(failure);
    return;
  }
  await store.postpone(message, toPauseMs(attempts, outcome.retryAfterMs, options.retryMs));
  onAttemptFailure(failure);
}

/** Half of it is random, so that messages that failed together do not come back together. */
export function toPauseMs(attempts: number, retryAfterMs = 0, retryMs = retryMsDefault): number {
  const pauseMs = Math.min(retryMs.max, retryMs.first * retryFactor ** (attempts - 1));
  const askedMs = Math.min(retryMs.max, retryAfterMs);
  return Math.round(Math.max(askedMs, pauseMs * (0.5 + Math.random() / 2)));
}
