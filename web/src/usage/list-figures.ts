import type { UsageResult, UsageTimes } from '../api/usage-wire.ts';
import { formatCount, formatDurationMs, formatMoney, formatShortCount } from '../ui/format.ts';
import type { Read } from './to-series.ts';

/** One number over time, and what it consists of. */
export interface UsageFigure {
  readonly title: string;
  readonly help: string;
  readonly format: (value: number) => string;
  /** Its lines while nothing is grouped. */
  readonly parts: readonly (readonly [name: string, read: Read])[];
  /** Its line for each group. */
  readonly read: Read;
  /** Whether values of several buckets or groups can be added. */
  readonly isSum: boolean;
  /** Whether it has whole values only. */
  readonly isCount: boolean;
}

const failures = ['failed', 'timed_out', 'interrupted'];

function countFailures({ outcomes }: UsageResult): number {
  return failures.reduce((total, word) => total + (outcomes[word] ?? 0), 0);
}

export function countRefusals(result: UsageResult): number {
  return result.refused_by_limit + result.refused_by_budget + result.refused_otherwise;
}

/** @param currency of the prices */
export function listFigures(currency: string): readonly UsageFigure[] {
  return [
    {
      title: 'Requests',
      help: 'Requests that reached a model.',
      format: formatCount,
      parts: [['Requests', ({ requests }) => requests]],
      read: ({ requests }) => requests,
      isSum: true,
      isCount: true,
    },
    {
      title: 'Tokens',
      help: 'Of prompts and answers, of all attempts.',
      format: formatShortCount,
      parts: [
        ['Input', (result) => result.input_tokens],
        ['Output', (result) => result.output_tokens],
      ],
      read: (result) => result.input_tokens + result.output_tokens,
      isSum: true,
      isCount: true,
    },
    {
      title: 'Cost',
      help: 'At the prices of the models. A model without a price costs nothing.',
      format: (value) => formatMoney(value, currency),
      parts: [['Cost', ({ cost }) => cost.value]],
      read: ({ cost }) => cost.value,
      isSum: true,
      isCount: false,
    },
    {
      title: 'Errors and refusals',
      help: 'Requests that failed, and requests over a limit or a budget.',
      format: formatCount,
      parts: [
        ['Failed', countFailures],
        ['Over a limit', (result) => result.refused_by_limit],
        ['Over a budget', (result) => result.refused_by_budget],
        ['Refused otherwise', (result) => result.refused_otherwise],
      ],
      read: (result) => countFailures(result) + countRefusals(result),
      isSum: true,
      isCount: true,
    },
    toTimeFigure('Duration', 'From the request to the end of the answer.', ({ duration }) => duration),
    toTimeFigure(
      'Time to first token',
      'From the request to the first token.',
      (result) => result.time_to_first_token,
    ),
  ];
}

function toTimeFigure(
  title: string,
  help: string,
  toTimes: (result: UsageResult) => UsageTimes,
): UsageFigure {
  return {
    title,
    help: `${help} Half of the requests are faster than the median, 95 % than the 95th percentile.`,
    format: formatDurationMs,
    parts: [
      ['Median', (result) => toTimes(result).p50_ms],
      ['95th percentile', (result) => toTimes(result).p95_ms],
      ['99th percentile', (result) => toTimes(result).p99_ms],
    ],
    read: (result) => toTimes(result).p95_ms,
    isSum: false,
    isCount: false,
  };
}
