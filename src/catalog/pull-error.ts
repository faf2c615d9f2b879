import type { PullPlan } from './pull-plan.ts';

/**
 * The remedy for a failed source. Each kind becomes part of the last sentence of a `PullError`. `name`: the
 * source answers but lacks the requested model.
 */
export type PullRemedy = 'network' | 'python' | 'disk' | 'later' | 'account' | 'source' | 'name';

/** Why one source could not provide the file. The message completes "<source>: …", without a full stop. */
export class SourceError extends Error {
  readonly remedy: PullRemedy;

  constructor(message: string, remedy: PullRemedy, cause?: unknown) {
    super(message, { cause });
    this.name = 'SourceError';
    this.remedy = remedy;
  }
}

/** A pull that failed. The message explains the reason and the remedy. */
export class PullError extends Error {
  /** The named model does not exist. Retrying the same name can't succeed. */
  readonly isWrongName: boolean;

  constructor(message: string, cause?: unknown, { isWrongName = false } = {}) {
    super(message, { cause });
    this.name = 'PullError';
    this.isWrongName = isWrongName;
  }
}

const newerVersionWords = 'update Gravix to the newest version';

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

/** The remedy for a reference that the user wrote. */
const ownSourceWords = 'check the name or URL';

export type PulledModel = Pick<PullPlan, 'kind' | 'name' | 'isRenamed'>;

/** Sources with a made-up name, or a name chosen by the user, can't be found again by that name. */
export function toPullAgain({ kind, name, isRenamed = false }: PulledModel): string {
  const isFound = !isRenamed && kind !== 'url' && kind !== 'file';
  return isFound ? `run \`gravix pull ${name}\` again` : 'pull it again';
}

/** One sentence for all failed sources, and one with the remedy. */
export function createAllSourcesFailedError(
  plan: PulledModel,
  failures: readonly SourceFailure[],
): PullError {
  const reasons = failures.map(({ source, error }) => `${source}: ${error.message}`).join('; ');
  const remedies = [...new Set(failures.map(({ error }) => toRemedy(error, plan.kind === 'catalog')))].join(
    ' or ',
  );
  return new PullError(
    `The model ${plan.name} could not be pulled from any source (${reasons}). To fix this, ${remedies}, then ${toPullAgain(plan)}.`,
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
  ['EACCES', 'the folder is not writable'],
  ['EPERM', 'the folder is not writable'],
  ['EROFS', 'the disk is read-only'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EIO', 'the disk reported an input/output error'],
]);

/** A fault of the local disk, which no other source can fix. Undefined for other errors. */
export function toDiskError(plan: PulledModel, folder: string, error: unknown): PullError | undefined {
  const code = toCode(error) ?? toCode(error instanceof Error ? error.cause : undefined) ?? '';
  const fault = diskFaults.get(code);
  if (fault === undefined) return undefined;
  return new PullError(
    `The model ${plan.name} could not be written to ${folder}: ${fault}. Fix that, or choose another folder with GRAVIX_HOME, then ${toPullAgain(plan)}.`,
    error,
  );
}

function toCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
