import { type Command, InvalidArgumentError } from 'commander';
import type { UsageFilter } from '../service/usage/usage-reports.ts';
import { toInstantMs } from './to-instant-ms.ts';

export interface SpanFlags {
  readonly from?: number;
  readonly to?: number;
}

export interface FilterFlags {
  readonly key?: readonly string[];
  readonly project?: readonly string[];
  readonly model?: readonly string[];
}

/** `fromDefault`: in words, for the help. */
export function addSpanFlags(command: Command, now: () => number, fromDefault: string): Command {
  const parse = (text: string) => {
    const atMs = toInstantMs(text, now());
    if (atMs !== undefined) return atMs;
    throw new InvalidArgumentError(
      'Use a date such as 2026-11-01 (UTC), a time such as 2026-11-01T09:30:00Z, or a duration such as 30d.',
    );
  };
  return command
    .option('--from <time>', `begin here: a date, a time, or so long ago; by default ${fromDefault}`, parse)
    .option('--to <time>', 'end before this time; by default now', parse);
}

export function addFilterFlags(command: Command): Command {
  return command
    .option('--key <ids...>', 'only these keys')
    .option('--project <ids...>', 'only these projects')
    .option('--model <names...>', 'only these models');
}

export function toFilter({ key, project, model }: FilterFlags): UsageFilter {
  return { keyId: key, projectId: project, model };
}
