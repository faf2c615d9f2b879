import type { PullPlan } from './pull-plan.ts';

/**
 * What a person can do about a failed source; each kind becomes a part of a `PullError`'s last sentence. `name`: the
 * source answers, and has not what was named.
 */
export type PullRemedy = 'network' | 'python' | 'disk' | 'later' | 'account' | 'source' | 'name';

/** Why one source could not give the file. Its message completes "<source>: …", without a full stop. */
export class SourceError extends Error {
  readonly remedy: PullRemedy;

  constructor(message: string, remedy: PullRemedy, cause?: unknown) {
    super(message, { cause });
    this.name = 'SourceError';
    this.remedy = remedy;
  }
}

/** A pull that failed for good: its message says what happened and the way out. */
export class PullError extends Error {
  /** What a person named is nowhere: another name may be right, and the same one never will. */
  readonly isWrongName: boolean;

  constructor(message: string, cause?: unknown, { isWrongName = false } = {}) {
    super(message, { cause });
    this.name = 'PullError';
    this.isWrongName = isWrongName;
  }
}

const newerVersionWords = 'make sure that this version of Gravix is the newest';

const remedyWords = {
  network: 'check the network connection',
  python: 'install python3 with pip',
  disk: 'free some disk space',
  later: 'wait a few minutes',
  account: 'use an account that may read it (for Hugging Face, HF_TOKEN holds its token)',
  source: newerVersionWords,
  name: newerVersionWords,
} as const satisfies Record<PullRemedy, string>;

export interface SourceFailure {
  readonly source: string;
  readonly error: SourceError;
}

/** What a person wrote themselves is mended by themselves. */
const ownSourceWords = 'check what you asked for';

export type PulledModel = Pick<PullPlan, 'kind' | 'name' | 'isRenamed'>;

/** What is called by a name that we made up, or by one of a person's own, is not found again by it. */
export function toPullAgain({ kind, name, isRenamed = false }: PulledModel): string {
  const isFound = !isRenamed && kind !== 'url' && kind !== 'file';
  return isFound ? `run \`gravix pull ${name}\` again` : 'pull it again';
}

/** One sentence for all sources that were tried, and one with the way out. */
export function createAllSourcesFailedError(
  plan: PulledModel,
  failures: readonly SourceFailure[],
): PullError {
  const reasons = failures.map(({ source, error }) => `${source}: ${error.message}`).join('; ');
  const remedies = [...new Set(failures.map(({ error }) => toRemedy(error, plan.kind === 'catalog')))].join(
    ' or ',
  );
  return new PullError(
    `The model ${plan.name} could not be pulled from any source (${reasons}). The way out: ${remedies}, then ${toPullAgain(plan)}.`,
    failures.at(-1)?.error,
    { isWrongName: plan.kind !== 'catalog' && failures.every(({ error }) => error.remedy === 'name') },
  );
}

function toRemedy({ remedy }: SourceError, isCatalog: boolean): string {
  const isOfSource = remedy === 'source' || remedy === 'name';
  return isOfSource && !isCatalog ? ownSourceWords : remedyWords[remedy];
}

const diskFaults = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EACCES', 'the folder may not be written'],
  ['EPERM', 'the folder may not be written'],
  ['EROFS', 'the disk is read-only'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EIO', 'the disk reported an input/output error'],
]);

/** A fault of our own disk, which no other source would mend; undefined for every other error. */
export function toDiskError(plan: PulledModel, folder: string, error: unknown): PullError | undefined {
  const code = toCode(error) ?? toCode(error instanceof Error ? error.cause : undefined) ?? '';
  const fault = diskFaults.get(code);
  if (fault === undefined) return undefined;
  return new PullError(
    `The model ${plan.name} could not be written to ${folder}: ${fault}. Mend that or choose another folder with GRAVIX_HOME, then ${toPullAgain(plan)}.`,
    error,
  );
}

function toCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
