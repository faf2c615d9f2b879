import type { Budget, UsageLimits } from '../service/keys/api-key.ts';
import { nanoPerUnit } from '../service/limits/model-price.ts';

/** A budget as JSON shows it: the amount in the currency, and times as texts. */
export function toPublicBudget(budget: Budget | undefined) {
  if (budget === undefined) return null;
  const { amountNano, override, ...plain } = budget;
  return {
    ...toAmount(amountNano),
    ...plain,
    ...(override === undefined
      ? {}
      : {
          override: {
            ...toAmount(override.amountNano),
            ...(override.tokens === undefined ? {} : { tokens: override.tokens }),
            until: toIsoTime(override.untilMs),
          },
        }),
  };
}

function toAmount(nano: number | undefined) {
  return nano === undefined ? {} : { amount: nano / nanoPerUnit };
}

const limitNames: Readonly<Record<keyof UsageLimits, string>> = {
  requestsPerMinute: 'requests a minute',
  requestsPerDay: 'requests a day',
  tokensPerMinute: 'tokens a minute',
  tokensPerDay: 'tokens a day',
  concurrentRequests: 'requests at once',
};

/** Such as `60 requests a minute, 2 requests at once`. */
export function toLimitWords(limits: UsageLimits): string {
  const names = Object.keys(limitNames) as (keyof UsageLimits)[];
  const words = names.flatMap((name) =>
    limits[name] === undefined ? [] : `${limits[name]} ${limitNames[name]}`,
  );
  return words.length === 0 ? 'none' : words.join(', ');
}

/** Such as `20 USD and 5000 tokens a month (Europe/Berlin)`. */
export function toBudgetWords(budget: Budget | undefined): string {
  if (budget === undefined) return 'none';
  const { amountNano, currency, tokens, period, timeZone, override } = budget;
  const words = [
    ...(amountNano === undefined ? [] : [`${amountNano / nanoPerUnit} ${currency}`]),
    ...(tokens === undefined ? [] : [`${tokens} tokens`]),
  ].join(' and ');
  const each = period === 'total' ? 'in total' : `a ${period}`;
  const zone = timeZone === undefined ? '' : ` (${timeZone})`;
  const raised = override === undefined ? '' : `, raised until ${toIsoTime(override.untilMs)}`;
  return `${words} ${each}${zone}${raised}`;
}

export function toIsoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function toOptionalIsoTime(atMs: number | undefined): string | null {
  return atMs === undefined ? null : toIsoTime(atMs);
}

/** Names and values, aligned. */
export function toRows(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

export function writeJson(output: NodeJS.WritableStream, value: unknown): void {
  output.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
