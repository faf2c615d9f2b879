import { toDurationText } from '../service/limits/limit-error.ts';
import type { RateLimitFigure, RateLimitFigures } from '../service/limits/rate-limit-figures.ts';

/** As OpenAI names them; none where nothing limits the key. */
export function toRateLimitHeaders({ requests, tokens }: RateLimitFigures = {}): Record<string, string> {
  return Object.assign(toHeaders('requests', requests), toHeaders('tokens', tokens));
}

/** As Anthropic names them: times of day in place of durations. */
export function toAnthropicRateLimitHeaders(
  { requests, tokens }: RateLimitFigures = {},
  nowMs: number,
): Record<string, string> {
  return {
    ...toAnthropicHeaders('requests', requests, nowMs),
    ...toAnthropicHeaders('tokens', tokens, nowMs),
  };
}

function toAnthropicHeaders(
  counted: 'requests' | 'tokens',
  figure: RateLimitFigure | undefined,
  nowMs: number,
): Record<string, string> {
  if (figure === undefined) return {};
  return {
    [`anthropic-ratelimit-${counted}-limit`]: String(figure.limit),
    [`anthropic-ratelimit-${counted}-remaining`]: String(figure.remaining),
    [`anthropic-ratelimit-${counted}-reset`]: new Date(nowMs + figure.resetMs).toISOString(),
  };
}

function toHeaders(
  counted: 'requests' | 'tokens',
  figure: RateLimitFigure | undefined,
): Record<string, string> {
  if (figure === undefined) return {};
  return {
    [`x-ratelimit-limit-${counted}`]: String(figure.limit),
    [`x-ratelimit-remaining-${counted}`]: String(figure.remaining),
    [`x-ratelimit-reset-${counted}`]: toDurationText(figure.resetMs),
  };
}
