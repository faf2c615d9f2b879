import { toDurationText } from '../service/limits/limit-error.ts';
import type { RateLimitFigure, RateLimitFigures } from '../service/limits/rate-limit-figures.ts';

/** As OpenAI names them; none where nothing limits the key. */
export function toRateLimitHeaders({ requests, tokens }: RateLimitFigures = {}): Record<string, string> {
  return { ...toHeaders('requests', requests), ...toHeaders('tokens', tokens) };
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
