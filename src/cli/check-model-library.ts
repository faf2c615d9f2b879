import { nameCommands } from '../app/command-name.ts';
import type { LibraryLeftover, LibraryReport } from '../catalog/library/library-report.ts';
import type { ModelLibrary } from '../catalog/model-library.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { toMegabytes } from './doctor-check.ts';

interface CheckFlags {
  readonly checksums: boolean;
  readonly repair: boolean;
  readonly json: boolean;
}

/** `gravix models --check`: prints a sentence per finding. Exit code 1 if a model is damaged. */
export async function checkModelLibrary(
  library: ModelLibrary,
  { output, commandName }: Pick<CommandContext, 'output' | 'commandName'>,
  flags: CheckFlags,
): Promise<void> {
  const options = { withChecksums: flags.checksums };
  const repair = flags.repair ? await library.repair(options) : undefined;
  const report = repair?.report ?? (await library.check(options));
  const write = (text: string) => output.write(nameCommands(text, commandName));
  const isWhole = report.problems.length === 0;
  if (flags.json) {
    const changes = repair === undefined ? {} : { removed: repair.removed, freedBytes: repair.freedBytes };
    write(`${JSON.stringify({ isWhole, ...report, ...changes }, undefined, 2)}\n`);
  } else {
    for (const leftover of repair?.removed ?? []) write(`removed   ${describe(leftover)}\n`);
    write(toText(report, flags));
  }
  if (!isWhole) throw new CommandExit(1);
}

function toText({ models, problems, leftovers }: LibraryReport, { repair }: CheckFlags): string {
  const lines = [
    ...problems.map(({ message }) => `damaged   ${message}`),
    ...leftovers.map((leftover) => `left over ${describe(leftover)}`),
  ];
  const removable = leftovers.some(({ kind }) => kind !== 'unknown' && kind !== 'partial-download');
  if (removable && !repair) lines.push('`gravix models --check --repair` deletes leftover files.');
  const damaged = new Set(problems.map(({ name }) => name));
  const right = models.filter((name) => !damaged.has(name)).length;
  lines.push(`${right} of ${models.length} installed models are intact.`);
  return `${lines.join('\n')}\n`;
}

function describe({ kind, path, sizeBytes }: LibraryLeftover): string {
  const size = toMegabytes(sizeBytes);
  switch (kind) {
    case 'unnamed-blob':
      return `${path} (${size}): a file that no model uses`;
    case 'unnamed-shards':
      return `${path}: links of a removed model`;
    case 'unfinished-write':
      return `${path}: an unfinished write`;
    case 'partial-download':
      return `${path} (${size}): an unfinished download; the same pull resumes it`;
    case 'unknown':
      return `${path} (${size}): not a file of Gravix, so it stays`;
  }
}
