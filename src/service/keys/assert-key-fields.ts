import { type Budget, keyScopes, type UsageLimits } from '../../store/key-policy.ts';
import type { StoredKey } from '../../store/stored-key.ts';
import { KeyServiceError } from './key-service-error.ts';

export const keyNameCharactersMax = 100;
export const keyModelsMax = 100;
export const modelPatternCharactersMax = 256;
/** Each limit, 1 to this. */
export const usageLimitMax = 1_000_000_000_000;
/** Billionths of a currency that a budget has at most: nine million of it, which a number still holds exactly. */
export const budgetNanoMax = 9_000_000_000_000_000;
export const budgetTokensMax = 1_000_000_000_000_000;
export const metadataPairsMax = 16;
export const metadataKeyCharactersMax = 64;
export const metadataValueCharactersMax = 512;
/** The last instant that a Date can name. */
const instantMsMax = 8.64e15;

type CheckedFields = Pick<StoredKey, 'name' | 'scopes' | 'models' | 'limits' | 'budget' | 'metadata'>;

/** @throws KeyServiceError for the first field that a key can't have. */
export function assertKeyFields({ name, scopes, models, limits, budget, metadata }: CheckedFields): void {
  assertName(name, 'key');
  if (scopes.length === 0 || scopes.some((scope) => !keyScopes.includes(scope))) {
    throw new KeyServiceError(
      'invalid_scopes',
      `A key has at least one scope, of these: ${keyScopes.join(', ')}.`,
    );
  }
  assertModels(models);
  assertPolicy({ limits, budget, metadata });
}

/** The fields that projects also have. */
export function assertPolicy({
  limits,
  budget,
  metadata,
}: Pick<StoredKey, 'limits' | 'budget' | 'metadata'>): void {
  assertLimits(limits);
  if (budget !== undefined) assertBudget(budget);
  const pairs = Object.entries(metadata);
  const isSmall = ([key, value]: [string, string]) =>
    key.length <= metadataKeyCharactersMax && value.length <= metadataValueCharactersMax;
  if (pairs.length > metadataPairsMax || !pairs.every(isSmall)) {
    throw new KeyServiceError(
      'invalid_metadata',
      `Metadata has at most ${metadataPairsMax} pairs, keys of at most ${metadataKeyCharactersMax} characters and values of at most ${metadataValueCharactersMax}.`,
    );
  }
}

export function assertName(name: string, owner: 'key' | 'project'): void {
  const isPrintable = !/\p{C}/u.test(name) && name.trim() === name;
  if (name.length === 0 || name.length > keyNameCharactersMax || !isPrintable) {
    throw new KeyServiceError(
      'invalid_name',
      `A ${owner}'s name has 1 to ${keyNameCharactersMax} characters, without control characters and without spaces around it.`,
    );
  }
}

export function assertExpiry(expiresAtMs: number | undefined, nowMs: number): void {
  if (expiresAtMs !== undefined && !(isInstant(expiresAtMs) && expiresAtMs > nowMs)) {
    throw new KeyServiceError('invalid_expiry', 'The expiry of a key must be an instant in the future.');
  }
}

function isInstant(atMs: number): boolean {
  return Number.isSafeInteger(atMs) && atMs >= 0 && atMs <= instantMsMax;
}

function assertModels(models: readonly string[] | undefined): void {
  const isPattern = (text: string) =>
    text.length > 0 && text.length <= modelPatternCharactersMax && !/\p{C}/u.test(text);
  if (models === undefined) return;
  if (models.length === 0 || models.length > keyModelsMax || !models.every(isPattern)) {
    throw new KeyServiceError(
      'invalid_models',
      `A key names 1 to ${keyModelsMax} models or patterns with *, each of at most ${modelPatternCharactersMax} characters, or none to use all models.`,
    );
  }
}

function assertLimits(limits: UsageLimits): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!isCount(value, usageLimitMax)) {
      throw new KeyServiceError(
        'invalid_limits',
        `The limit ${name} must be a whole number from 1 to ${usageLimitMax}.`,
      );
    }
  }
}

function isCount(value: unknown, max: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= max;
}

function assertBudget({ amountNano, currency, tokens, timeZone, override }: Budget): void {
  const fail = (message: string): never => {
    throw new KeyServiceError('invalid_budget', message);
  };
  if (amountNano === undefined && tokens === undefined) fail('A budget has an amount, tokens or both.');
  if (amountNano !== undefined && !isCount(amountNano, budgetNanoMax))
    fail('The amount of a budget is above 0 and at most 9,000,000, with at most 9 decimals.');
  if ((amountNano === undefined) !== (currency === undefined))
    fail('A budget has an amount and its currency, or neither.');
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency))
    fail('A currency has three capital letters, such as USD.');
  if (tokens !== undefined && !isCount(tokens, budgetTokensMax))
    fail(`The tokens of a budget are a whole number from 1 to ${budgetTokensMax}.`);
  if (timeZone !== undefined && !isTimeZone(timeZone))
    fail('The time zone of a budget is an IANA name such as Europe/Berlin.');
  if (override === undefined) return;
  if (!isInstant(override.untilMs)) fail('The override of a budget has an end.');
  if (override.amountNano === undefined && override.tokens === undefined)
    fail('The override of a budget has an amount, tokens or both.');
  if (!isRaise(override.amountNano, amountNano, budgetNanoMax))
    fail("The override's amount must exceed the budget's amount.");
  if (!isRaise(override.tokens, tokens, budgetTokensMax))
    fail("The override's tokens must exceed the budget's tokens.");
}

function isRaise(raised: number | undefined, own: number | undefined, max: number): boolean {
  return raised === undefined || (own !== undefined && isCount(raised, max) && raised > own);
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // An offset such as +02:00 has no winter.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
