// Follows a running answer: its reservation grows with it, slice by slice, and where a budget has no room for another slice
// the answer ends shortly before the last reserved token, so that what is on its way is paid for, too.
import type { Reservation, UsageAmounts } from '../../store/usage-store.ts';
import type { UsageNeed } from './decide.ts';
import { createQuotaError } from './limit-error.ts';
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
  /** The current reservation plus `moreTokens` completion tokens. */
  toReservation(moreTokens?: number): Reservation;
}

export interface AttemptMeter {
  /** So many tokens were made. */
  tell(completionTokens: number): void;
  /** Whether an answer that ran out of tokens did so because of a budget. */
  isCut(completionTokens: number): boolean;
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
  /** The reservation has changed, and may be written at leisure. */
  readonly onChange: () => void;
  /** Ends the request. */
  readonly stop: (reason: unknown) => void;
}

export function createRequestMeter(request: MeteredRequest): RequestMeter {
  const { need, completionTokensMax, answers, prompts, onChange } = request;
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

  const toAmounts = (prompt: number, completionTokens: number): UsageAmounts => ({
    promptTokens: prompt,
    completionTokens,
    costNano: price === undefined ? 0 : toCostMaxNano(price, prompt, completionTokens),
  });
  const toReservation = (moreTokens = 0): Reservation => {
    const reservedTokens = Math.max(made, grant.tokens()) + moreTokens;
    const prompt =
      countedPrompts < prompts ? Math.max(promptTokens, request.reserved.promptTokens) : promptTokens;
    return {
      reserved: toAmounts(prompt, reservedTokens),
      made: begun === 0 ? toAmounts(0, 0) : toAmounts(prompt, Math.min(sliceEnd, reservedTokens)),
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
      onChange();
      let own = 0;
      return {
        tell(completionTokens) {
          made += completionTokens - own;
          own = completionTokens;
          noteMade();
        },
        isCut: (completionTokens) => answerTokensMax !== undefined && completionTokens >= answerTokensMax,
      };
    },
  };
}

/** How many completion tokens are reserved, and how they become more. */
function createGrant({ need, reserved, completionTokensMax, extend, onChange, stop }: MeteredRequest) {
  let tokens = reserved.completionTokens;
  let wanted = completionTokensMax;
  let isAsking = false;
  let isLast = false;

  const follow = (made: number, askAheadTokens: number) => {
    if (isLast && made >= tokens - stopAheadTokens) stop(createQuotaError());
    if (isLast || isAsking || tokens >= wanted || made + askAheadTokens < tokens) return;
    const slice = Math.min(need.sliceTokens, wanted - tokens);
    if (extend === undefined) {
      tokens += slice;
      onChange();
      return;
    }
    isAsking = true;
    extend(slice).then(
      (granted) => {
        isAsking = false;
        tokens += granted;
        isLast = granted < slice;
      },
      // The store does not answer. The answer continues, and is counted when the store is back.
      () => {
        isAsking = false;
        tokens += slice;
      },
    );
  };
  return {
    follow,
    tokens: () => tokens,
    /** So many more may be needed. */
    allow: (moreTokens: number) => {
      wanted += moreTokens;
    },
  };
}
