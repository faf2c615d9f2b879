import type { ConfigProblem } from './config-problem.ts';

/** An invalid configuration. The message names the setting, its source and the valid values. */
export class ConfigError extends Error {
  /** All that is wrong; at least one. */
  readonly problems: readonly ConfigProblem[];

  /** @param problems a sentence, or all problems, the first of which is the message */
  constructor(problems: string | readonly ConfigProblem[]) {
    const list = typeof problems === 'string' ? [{ path: '', message: problems }] : problems;
    const more = list.length - 1;
    const others = `${more} more ${more === 1 ? 'problem' : 'problems'}`;
    super(`${list[0]?.message ?? ''}${more > 0 ? ` \`gravix config check\` lists ${others}.` : ''}`);
    this.name = 'ConfigError';
    this.problems = list;
  }
}
