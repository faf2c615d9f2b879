import { toMarkdownTable } from '../../scripts/markdown-table.ts';

/** What a check gave: `null` where it passed, else what it raised. */
export type CheckResults = ReadonlyMap<string, string | null>;

export interface ClientReport {
  readonly name: string;
  readonly version: string;
  /** By the names of the checks, without `check_`; or why none of them ran. */
  readonly results: CheckResults | string;
}

/** What every client is asked for that can do it, as columns; all else stands in the last one. */
const commonChecks = ['chat', 'stream', 'tool', 'structured'];

export function toClientTable(reports: readonly ClientReport[]): string {
  return toMarkdownTable(
    ['client', 'version', ...commonChecks, 'more'],
    reports.map(({ name, version, results }) => [name, version, ...toCells(results)]),
  );
}

function toCells(results: CheckResults | string): string[] {
  if (typeof results === 'string') return [...commonChecks.map(() => '-'), `did not run: ${results}`];
  const toWord = (error: string | null | undefined) => {
    if (error === undefined) return '-';
    return error === null ? 'ok' : 'FAILED';
  };
  const more = [...results]
    .filter(([check]) => !commonChecks.includes(check))
    .map(([check, error]) => `${check} ${toWord(error)}`);
  return [...commonChecks.map((check) => toWord(results.get(check))), more.join(', ')];
}

/** What each failed check raised, for people. */
export function toFailureTexts(reports: readonly ClientReport[]): string[] {
  return reports.flatMap(({ name, results }) => {
    if (typeof results === 'string') return [`${name} did not run: ${results}`];
    return [...results].flatMap(([check, error]) => (error === null ? [] : [`${name}, ${check}:\n${error}`]));
  });
}
