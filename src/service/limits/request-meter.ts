// Follows a running answer: its reservation grows with it, slice by slice, and where a budget has no room for another slice
// the answer ends shortly before the last reserved token, so that what is on its way is paid for, too.
import type { Reservation, UsageAmounts } from '../../store/usage-store.ts';
import type { UsageNeed } from './decide.ts';
import { createGrowingAmount } from './growing-amount.ts';
import { createQuotaError } from './limit-error.ts';
import type { MachineGrant } from './machine-grant.ts';
import { toCostMaxNano } from './model-price.ts';

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
  /** One generation begins. `promptTokens`: counted, and not shared with another one; undefined: nothing is known, or to be added. */
  begin(promptTokens: number | undefined): AttemptMeter;
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

  const toAmounts = (prompt: number, completionTokens: number, machineNano: number): UsageAmounts => ({
    promptTokens: prompt,
    completionTokens,
    costNano: machineNano + (price === undefined ? 0 : toCostMaxNano(price, prompt, completionTokens)),
  });
  const toReservation = (moreTokens = 0, moreNano = 0): Reservation => {
    const machineNano = (machine?.reservedNano() ?? 0) + moreNano;
    const reservedTokens = Math.max(made, grant.tokens()) + moreTokens;
    const prompt =
      countedPrompts < prompts ? Math.max(promptTokens, request.reserved.promptTokens) : promptTokens;
    return {
      reserved: toAmounts(prompt, reservedTokens, machineNano),
      made:
        begun === 0 ? toAmounts(0, 0, 0) : toAmounts(prompt, Math.min(sliceEnd, reservedTokens), machineNano),
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
    begin(counted) {
      begun += 1;
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
