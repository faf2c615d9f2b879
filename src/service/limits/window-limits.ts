import type { WindowWidth } from '../../store/usage-store.ts';

export type Counted = 'requests' | 'tokens';

/** The limits that hold for a time: for which one, and on what. */
export const windowLimits = {
  requestsPerMinute: { width: 'minute', counts: 'requests' },
  requestsPerDay: { width: 'day', counts: 'requests' },
  tokensPerMinute: { width: 'minute', counts: 'tokens' },
  tokensPerDay: { width: 'day', counts: 'tokens' },
} as const satisfies Record<string, { readonly width: WindowWidth; readonly counts: Counted }>;

export type WindowLimit = keyof typeof windowLimits;

export const windowLimitNames = Object.keys(windowLimits) as readonly WindowLimit[];

/** Whether a limit, of any kind, holds for a time and counts this. */
export function isWindowLimit(limit: string, counted?: Counted): limit is WindowLimit {
  const name = windowLimitNames.find((each) => each === limit);
  return name !== undefined && (counted === undefined || windowLimits[name].counts === counted);
}
