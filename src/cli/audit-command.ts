import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AuditEntry } from '../service/keys/audit.ts';
import type { KeysCommandOptions } from './keys-command.ts';
import { toIsoTime, writeJson } from './show-policy.ts';
import { toTable } from './to-table.ts';

/** Entries of one page. */
const entriesDefault = 20;
const entriesMax = 100;

interface AuditFlags {
  readonly target?: string;
  readonly limit: number;
  readonly after?: string;
  readonly order: 'asc' | 'desc';
  readonly json?: true;
}

/** Adds `gravix audit`. */
export function registerAuditCommand(program: Command, options: KeysCommandOptions): void {
  program
    .command('audit')
    .description('show the changes of keys and projects: who made them, and when')
    .option('--target <id>', 'only changes of the key or project with this id')
    .option('--limit <count>', `entries of the page, 1 to ${entriesMax}`, parseLimit, entriesDefault)
    .option('--after <id>', 'begin behind the entry with this id')
    .addOption(
      new Option('--order <order>', 'the latest first, or the oldest')
        .choices(['asc', 'desc'])
        .default('desc'),
    )
    .option('--json', 'print JSON')
    .action((flags: AuditFlags) => showAudit(options, flags));
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,3}$/.test(text) && limit >= 1 && limit <= entriesMax) return limit;
  throw new InvalidArgumentError(`Write a whole number from 1 to ${entriesMax}.`);
}

async function showAudit({ openKeyService, output }: KeysCommandOptions, flags: AuditFlags): Promise<void> {
  const { target: objectId, limit, after, order, json } = flags;
  const { service, close } = await openKeyService();
  try {
    const { items, hasMore } = await service.listAudit({ objectId, limit, after, order });
    const lastId = items.at(-1)?.id ?? null;
    if (json) writeJson(output, { entries: items.map(toPublicEntry), hasMore, lastId });
    else output.write(describeEntries(items) + (hasMore ? `More: add --after ${lastId}\n` : ''));
  } finally {
    await close();
  }
}

function toPublicEntry({ atMs, ...entry }: AuditEntry) {
  return { ...entry, at: toIsoTime(atMs) };
}

function describeEntries(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return 'There are no entries.\n';
  const rows = entries.map(({ atMs, actor, action, objectId, objectName, changes }) => [
    toIsoTime(atMs),
    actor.kind === 'command-line' ? `${actor.name} (command)` : actor.name,
    action,
    `${objectName} (${objectId})`,
    JSON.stringify(changes),
  ]);
  return toTable(['TIME', 'BY', 'ACTION', 'OF', 'CHANGES'], rows);
}
