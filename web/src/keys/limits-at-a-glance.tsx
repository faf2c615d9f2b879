import type { Policy } from '../api/key-wire.ts';
import { formatTime } from '../ui/format.ts';
import { toShortBudget, toShortLimits } from './limit-texts.ts';

/** Limits and budget in a cell of a table. */
export function LimitsAtAGlance({ limits, budget }: Pick<Policy, 'limits' | 'budget'>) {
  const lines = toShortLimits(limits);
  if (lines.length === 0 && budget === null) return <span className="muted">None</span>;
  return (
    <span className="glance">
      {lines.length > 0 && <span>{lines.join(', ')}</span>}
      {budget !== null && (
        <span>
          {toShortBudget(budget)}
          {budget.override !== null && budget.override.until * 1000 > Date.now() && (
            <span className="muted"> (raised until {formatTime(budget.override.until)})</span>
          )}
        </span>
      )}
    </span>
  );
}
