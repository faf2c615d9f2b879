import { toSubjectKind } from '../../store/usage-store.ts';
import { ServiceError } from '../service-error.ts';
import type { LimitName, LimitRefusal } from './decide.ts';

/** A limit or a budget does not let a request start, or go on. */
export class LimitError extends ServiceError {
  declare readonly code: 'insufficient_quota' | 'rate_limit_exceeded';
  readonly limit: LimitName;
  /** When the same request may start, in milliseconds from now; undefined: no wait helps. */
  readonly retryAfterMs: number | undefined;

  constructor(limit: LimitName, sentence: string, retryAfterMs?: number) {
    super(limit === 'budget' ? 'insufficient_quota' : 'rate_limit_exceeded', sentence);
    this.name = 'LimitError';
    this.limit = limit;
    this.retryAfterMs = retryAfterMs;
  }
}

const words = {
  requestsPerMinute: 'requests per minute',
  requestsPerDay: 'requests per day',
  tokensPerMinute: 'tokens per minute',
  tokensPerDay: 'tokens per day',
  concurrentRequests: 'concurrent requests',
} as const satisfies Record<Exclude<LimitName, 'budget'>, string>;

export function createLimitError(refusal: LimitRefusal, retryAfterMs: number | undefined): LimitError {
  const { subject, limit, needed, used, allowed, isTooLarge } = refusal;
  const whose = toSubjectKind(subject.subject) === 'key' ? 'this key' : "this key's project";
  if (limit === 'budget') return createQuotaError(whose);
  const counted = words[limit];
  const figures = `Limit ${allowed}, used ${used}, requested ${needed}.`;
  if (isTooLarge) {
    return new LimitError(
      limit,
      `Request too large for ${whose} on ${counted}. ${figures} Shorten the prompt, or ask for fewer tokens with max_tokens.`,
    );
  }
  const wait = retryAfterMs === undefined ? '' : ` Please try again in ${toDurationText(retryAfterMs)}.`;
  return new LimitError(
    limit,
    `Rate limit reached for ${whose} on ${counted}. ${figures}${wait}`,
    retryAfterMs,
  );
}

/** `whose`: the key or the project, as its user calls it. */
export function createQuotaError(whose = 'this key'): LimitError {
  return new LimitError(
    'budget',
    `You exceeded your current quota: the budget of ${whose} does not allow more. Ask the operator of this server to raise it.`,
  );
}

/** As OpenAI writes durations: `12ms`, `1.5s`, `6m0s`, `23h0m12s`. */
export function toDurationText(durationMs: number): string {
  const ms = Math.max(0, Math.ceil(durationMs));
  if (ms < 1000) return `${ms}ms`;
  const seconds = Math.ceil(ms / 10) / 100;
  if (seconds < 60) return `${seconds}s`;
  const whole = Math.ceil(ms / 1000);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${whole % 60}s`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${whole % 60}s`;
}
