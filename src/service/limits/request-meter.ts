// Follows a running answer: its reservation grows with it, slice by slice, and where a budget has no room for another slice
// the answer ends shortly before the last reserved token, so that what is on its way is paid for, too.
import type { SentAttempt } from '../../backend/generation.ts';
import { isSpent } from '../../backend/generation-event.ts';
import type { Reservation, UsageAmounts } from '../../store/usage-store.ts';
import type { UsageNeed } from './decide.ts';
import { createGrowingAmount } from './growing-amount.ts';
import { createQuotaError } from './limit-error.ts';
import type { MachineGrant } from './machine-grant.ts';
import { toCostMaxNano, toServedPrice } from './model-price.ts';

/**
 * An answer ends this many tokens before its reservation, because a backend may have generated more than was
 * read.
 */
export const stopAheadTokens = 16;

/**
 * An extension is requested when this many reserved tokens are left, or a quarter of a slice if that is less.
 */
const askAheadTokensMax = 256;

export interface RequestMeter {
  /** A server has been sent the request, which costs its prompt unless it refuses. */
  readonly noteSent: (attempt: SentAttempt) => void;
  /**
   * One generation begins, at a deployment if several serve the model. `promptTokens`: counted, and not shared with another one;
   * undefined: nothing is known, or to be added.
   */
  begin(promptTokens: number | undefined, servedBy?: string): AttemptMeter;
  /** Tokens that one answer may have because of a budget; undefined: what it asked for. */
  readonly answerTokensMax: number | undefined;
  /** It has to know of each token. */
  readonly isExact: boolean;
  /** The current reservation plus `moreTokens` completion tokens, and machine time for `moreNano`. */
  toReservation(moreTokens?: number, moreNano?: number): Reservation;
}

export interface AttemptMeter {
  /** So many tokens were made. */
  tell(completionTokens: number): void;
  /** Whether an answer that ran out of tokens did so because of a budget. */
  isCut(completionTokens: number): boolean;
  /** Its share of the model's time so far, in milliseconds; 0 where that has no price. */
  machineMs(): number;
  /** The model has stopped to work for it. Only the first call counts. */
  end(): void;
}

export interface MeteredRequest {
  readonly need: UsageNeed;
  /** The deployment, unless several serve the model. */
  readonly deploymentName: string;
  readonly reserved: UsageAmounts;
  /** Of all answers together, within the budgets. */
  readonly completionTokensMax: number;
  /** Of all prompts together, 1 or more. */
  readonly answers: number;
  /** 1 or more. */
  readonly prompts: number;
  /** Reserves more, within the budgets; resolves to what there was. Absent: no budget, so that there is always more. */
  readonly extend?: (tokens: number) => Promise<number>;
  /** Its machine time; absent: that has no price. */
  readonly machine?: MachineGrant | undefined;
  /** The reservation has changed, and may be written at leisure. */
  readonly onChange: () => void;
  /** Ends the request. */
  readonly stop: (reason: unknown) => void;
}

export function createRequestMeter(request: MeteredRequest): RequestMeter {
  const { need, completionTokensMax, answers, prompts, machine, onChange } = request;
  const { sliceTokens, price } = need;
  const isCapped = completionTokensMax < need.completionTokensMax;
  const answerTokensMax = isCapped ? Math.max(1, Math.floor(completionTokensMax / answers)) : undefined;
  const askAheadTokens = Math.min(askAheadTokensMax, Math.ceil(sliceTokens / 4));
  const grant = createGrant(request);
  let promptTokens = 0;
  let countedPrompts = 0;
  let begun = 0;
  let made = 0;
  let sliceEnd = sliceTokens;
  let servedBy: string | undefined;
  const sent = createSentNote((attempt) => {
    servedBy = attempt.servedBy;
    if (begun === 0) onChange();
  });

  const toAmounts = (
    promptCount: number,
    completionTokens: number,
    machineNano: number,
    at = price,
  ): UsageAmounts => ({
    promptTokens: promptCount,
    completionTokens,
    costNano: machineNano + (at === undefined ? 0 : toCostMaxNano(at, promptCount, completionTokens)),
  });
  /** Charged if the request is never settled. */
  const toMade = (promptCount: number, reservedTokens: number, machineNano: number): UsageAmounts => {
    const served = price && toServedPrice(price, servedBy);
    if (begun > 0) return toAmounts(promptCount, Math.min(sliceEnd, reservedTokens), machineNano, served);
    return toAmounts(sent.isOpen() ? promptCount : 0, 0, 0, served);
  };
  const toReservation = (moreTokens = 0, moreNano = 0): Reservation => {
    const machineNano = (machine?.reservedNano() ?? 0) + moreNano;
    const reservedTokens = Math.max(made, grant.tokens()) + moreTokens;
    const prompt =
      countedPrompts < prompts ? Math.max(promptTokens, request.reserved.promptTokens) : promptTokens;
    return {
      reserved: toAmounts(prompt, reservedTokens, machineNano),
      made: toMade(prompt, reservedTokens, machineNano),
      deployment: begun > 0 || sent.isOpen() ? (servedBy ?? request.deploymentName) : undefined,
    };
  };
  const noteMade = () => {
    if (made >= sliceEnd) {
      sliceEnd = (Math.floor(made / sliceTokens) + 1) * sliceTokens;
      onChange();
    }
    grant.follow(made, askAheadTokens);
  };

  return {
    answerTokensMax,
    isExact: request.extend !== undefined,
    toReservation,
    noteSent: sent.note,
    begin(counted, deploymentName) {
      begun += 1;
      servedBy = deploymentName;
      if (counted !== undefined) {
        promptTokens += counted;
        countedPrompts += 1;
      }
      // A further attempt at an answer.
      if (begun > answers) grant.allow(Math.ceil(need.completionTokensMax / answers));
      const share = machine?.enter();
      onChange();
      let own = 0;
      return {
        tell(completionTokens) {
          made += completionTokens - own;
          own = completionTokens;
          noteMade();
          machine?.follow();
          // The backend was sent this limit, and some servers ignore it.
          if (answerTokensMax !== undefined && own > answerTokensMax) request.stop(createQuotaError());
        },
        machineMs: () => share?.ms() ?? 0,
        end: () => share?.leave(),
        isCut: (completionTokens) => answerTokensMax !== undefined && completionTokens >= answerTokensMax,
      };
    },
  };
}

/** Whether a server has the request: the latest that was sent it, and did not refuse it. */
function createSentNote(onChange: (attempt: SentAttempt) => void) {
  let latest: SentAttempt | undefined;
  return {
    isOpen: () => latest !== undefined,
    note(attempt: SentAttempt): void {
      latest = attempt;
      onChange(attempt);
      void attempt.settled.then((usage) => {
        if (latest !== attempt || isSpent(usage)) return;
        latest = undefined;
        onChange(attempt);
      });
    },
  };
}

/** How many completion tokens are reserved, and how they become more. */
function createGrant({ need, reserved, completionTokensMax, extend, onChange, stop }: MeteredRequest) {
  const tokens = createGrowingAmount(reserved.completionTokens, { extend, onChange });
  let wanted = completionTokensMax;
  return {
    tokens: tokens.reserved,
    follow(made: number, askAheadTokens: number) {
      const granted = tokens.reserved();
      if (tokens.isShort() && made >= granted - stopAheadTokens) stop(createQuotaError());
      if (tokens.isShort() || tokens.isAsking()) return;
      if (granted >= wanted || made + askAheadTokens < granted) return;
      tokens.grow(Math.min(need.sliceTokens, wanted - granted));
    },
    /** So many more may be needed. */
    allow: (moreTokens: number) => {
      wanted += moreTokens;
    },
  };
}
