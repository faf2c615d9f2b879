// Decides whether a request may start, and how much is reserved for it. Pure: it takes the usage and returns
// what to write.
import type { SubjectUse, UsageAmounts, WindowWidth } from '../../store/usage-store.ts';
import type { ActiveBudget, LimitedSubject } from './limited-subject.ts';
import { type ModelPrice, toAffordableTokens, toCostMaxNano, toMachineCostNano } from './model-price.ts';
import type { WindowLimit } from './window-limits.ts';

/** The needs of a request. */
export interface UsageNeed {
  /** Counted or estimated. */
  readonly promptTokens: number;
  /** Tokens that its answers may have at most, together. */
  readonly completionTokensMax: number;
  /** The client left the length open: it is reserved slice by slice. */
  readonly isOpenEnded: boolean;
  /** Of what is reserved at a time, in tokens. */
  readonly sliceTokens: number;
  /** undefined: its tokens cost nothing. */
  readonly price: ModelPrice | undefined;
}

export type LimitName = WindowLimit | 'concurrentRequests' | 'budget';

/** Why a request may not start. */
export interface LimitRefusal {
  readonly subject: LimitedSubject;
  readonly limit: LimitName;
  /** Of tokens: how many were asked for, and how many may be used. Of requests: 1, and so on. */
  readonly needed: number;
  readonly used: number;
  readonly allowed: number;
  /** No wait helps: the request alone is more than is allowed. */
  readonly isTooLarge: boolean;
}

export type Decision =
  | {
      readonly kind: 'admitted';
      readonly reserved: UsageAmounts;
      /** Part of the reserved cost that is for machine time. */
      readonly machineNano: number;
      readonly completionTokensMax: number;
    }
  | { readonly kind: 'refused'; readonly refusal: LimitRefusal };

export interface UsedSubject {
  readonly subject: LimitedSubject;
  readonly use: SubjectUse;
}

export const nothingUsed: SubjectUse = {
  minute: { requests: 0, tokens: 0 },
  day: { requests: 0, tokens: 0 },
  openRequests: 0,
  spentNano: 0,
  spentTokens: 0,
  reservedNano: 0,
  reservedTokens: 0,
};

export function decideAdmission(need: UsageNeed, used: readonly UsedSubject[]): Decision {
  for (const each of used) {
    const refusal = refuseRequest(each);
    if (refusal !== undefined) return { kind: 'refused', refusal };
  }
  const { promptTokens, price } = need;
  const machineNano = toFirstMachineNano(need, used);
  const completionTokens = toFirstSlice(need, used, machineNano);
  const tokensNano = price === undefined ? 0 : toCostMaxNano(price, promptTokens, completionTokens);
  const costNano = tokensNano + machineNano;
  const reserved = { promptTokens, completionTokens, costNano };
  for (const each of used) {
    const refusal = refuseTokens(reserved, each) ?? refuseSpending(need, reserved, each);
    if (refusal !== undefined) return { kind: 'refused', refusal };
  }
  const rooms = used.map(({ subject, use }) => toRoom(need, subject.budget, use, machineNano));
  return {
    kind: 'admitted',
    reserved,
    machineNano,
    completionTokensMax: Math.min(need.completionTokensMax, ...rooms),
  };
}

/** An answer of open length begins with a slice, or with as much as there is where that is less. */
function toFirstSlice(need: UsageNeed, used: readonly UsedSubject[], machineNano = 0): number {
  const { promptTokens, completionTokensMax, isOpenEnded, sliceTokens } = need;
  if (!isOpenEnded) return completionTokensMax;
  const rooms = used.flatMap(({ subject, use }) => {
    const { tokensPerMinute = Infinity, tokensPerDay = Infinity } = subject.limits;
    return [
      Math.min(tokensPerMinute, tokensPerDay) - promptTokens,
      toRoom(need, subject.budget, use, machineNano),
    ];
  });
  return Math.max(1, Math.min(sliceTokens, completionTokensMax, ...rooms));
}

/** Machine time that is reserved at a time, in milliseconds. */
export const machineSliceMs = 5000;

/** A request needs at least this much, in milliseconds. */
const machineMsMin = 500;

/**
 * Where machine time has a price, the cost of a first slice of it, or of what there is where that is less. Tokens that cost
 * something, too, get half of what there is.
 */
function toFirstMachineNano({ promptTokens, price }: UsageNeed, used: readonly UsedSubject[]): number {
  if (price === undefined || (price.perHourNano ?? 0) === 0) return 0;
  const promptNano = toCostMaxNano(price, promptTokens, 0);
  const lefts = used.map(({ subject, use }) => {
    const left = toLeftNano(subject.budget, use) - promptNano;
    return price.outputNano === 0 ? left : Math.floor(left / 2);
  });
  const leastNano = toMachineCostNano(price, machineMsMin);
  return Math.max(leastNano, Math.min(toMachineCostNano(price, machineSliceMs), ...lefts));
}

/** Money of a budget that is neither spent nor reserved. Infinity if it has no amount. */
export function toLeftNano(budget: ActiveBudget | undefined, use: SubjectUse): number {
  const amountNano = budget?.amountNano;
  return amountNano === undefined ? Infinity : amountNano - use.spentNano - use.reservedNano;
}

/** Tokens that a request needs at least to start where nothing is used yet: what memory compares with what it knows. */
export function toLeastNeed(need: UsageNeed, subjects: readonly LimitedSubject[]): number {
  const used = subjects.map((subject) => ({ subject, use: nothingUsed }));
  return need.promptTokens + toFirstSlice(need, used);
}

/**
 * Completion tokens for which the budget has room now, besides spent and reserved amounts and the machine time
 * that the request reserves. Infinity if it does not limit them.
 */
export function toRoom(
  { promptTokens, price }: Pick<UsageNeed, 'promptTokens' | 'price'>,
  budget: ActiveBudget | undefined,
  use: SubjectUse,
  machineNano = 0,
): number {
  if (budget === undefined) return Infinity;
  const { tokens } = budget;
  const tokenRoom =
    tokens === undefined ? Infinity : tokens - use.spentTokens - use.reservedTokens - promptTokens;
  const left = toLeftNano(budget, use) - machineNano;
  const moneyRoom =
    left === Infinity || price === undefined ? Infinity : toAffordableTokens(price, promptTokens, left);
  return Math.min(tokenRoom, moneyRoom);
}

function refuseRequest({ subject, use }: UsedSubject): LimitRefusal | undefined {
  const { limits } = subject;
  const counts = [
    { limit: 'requestsPerMinute', used: use.minute.requests },
    { limit: 'requestsPerDay', used: use.day.requests },
    { limit: 'concurrentRequests', used: use.openRequests },
  ] as const;
  for (const { limit, used } of counts) {
    const allowed = limits[limit];
    if (allowed !== undefined && used + 1 > allowed) {
      return { subject, limit, needed: 1, used, allowed, isTooLarge: false };
    }
  }
  return undefined;
}

function refuseTokens(reserved: UsageAmounts, { subject, use }: UsedSubject): LimitRefusal | undefined {
  const needed = reserved.promptTokens + reserved.completionTokens;
  for (const [limit, used] of [
    ['tokensPerMinute', use.minute.tokens],
    ['tokensPerDay', use.day.tokens],
  ] as const) {
    const allowed = subject.limits[limit];
    if (allowed !== undefined && used + needed > allowed) {
      return { subject, limit, needed, used, allowed, isTooLarge: needed > allowed };
    }
  }
  return undefined;
}

function refuseSpending(
  { price }: UsageNeed,
  { promptTokens, completionTokens, costNano }: UsageAmounts,
  { subject, use }: UsedSubject,
): LimitRefusal | undefined {
  const { budget } = subject;
  if (budget === undefined) return undefined;
  const { amountNano, currency, tokens } = budget;
  const needed = promptTokens + completionTokens;
  const usedTokens = use.spentTokens + use.reservedTokens;
  const refuse = (of: Pick<LimitRefusal, 'needed' | 'used' | 'allowed'>): LimitRefusal => ({
    ...of,
    subject,
    limit: 'budget',
    isTooLarge: false,
  });
  if (tokens !== undefined && usedTokens + needed > tokens) {
    return refuse({ needed, used: usedTokens, allowed: tokens });
  }
  const usedNano = use.spentNano + use.reservedNano;
  if (amountNano !== undefined && price !== undefined) {
    // Amounts in another currency can't be compared.
    if (price.currency !== currency) return refuse({ needed: costNano, used: usedNano, allowed: 0 });
    if (usedNano + costNano > amountNano) {
      return refuse({ needed: costNano, used: usedNano, allowed: amountNano });
    }
  }
  return undefined;
}

/** The usage including the reservation. */
export function addReservation(
  use: SubjectUse,
  { promptTokens, completionTokens, costNano }: UsageAmounts,
): SubjectUse {
  const tokens = promptTokens + completionTokens;
  const add = (width: WindowWidth) => ({
    requests: use[width].requests + 1,
    tokens: use[width].tokens + tokens,
  });
  return {
    ...use,
    minute: add('minute'),
    day: add('day'),
    openRequests: use.openRequests + 1,
    reservedNano: use.reservedNano + costNano,
    reservedTokens: use.reservedTokens + tokens,
  };
}
