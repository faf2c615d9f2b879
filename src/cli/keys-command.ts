import { type Command, InvalidArgumentError } from 'commander';
import { type CommandName, nameCommands } from '../app/command-name.ts';
import type { OpenedKeyService } from '../app.ts';
import { type KeyRecord, keyStatus } from '../service/keys/api-key.ts';
import type { KeyService } from '../service/keys/keys.ts';
import { toDurationMs } from './to-duration-ms.ts';
import { toTable } from './to-table.ts';

const defaultKeyName = 'unnamed';

export interface KeysCommandOptions {
  /** Opens the keys in the configured data folder. Each command closes them when it is done. */
  readonly openKeyService: () => Promise<OpenedKeyService>;
  readonly output: NodeJS.WritableStream;
  readonly commandName: CommandName;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

interface OutputFlags {
  readonly json?: true;
}

interface CreateFlags extends OutputFlags {
  readonly name: string;
  readonly admin?: true;
  /** Milliseconds from now. */
  readonly expires?: number;
}

/**
 * Adds `gravix keys create|list|revoke`. Errors (`KeyServiceError`, `StoreError`) reject the program's
 * `parseAsync`.
 */
export function registerKeysCommand(program: Command, options: KeysCommandOptions): void {
  const keys = program.command('keys').description('create, list and revoke API keys');

  keys
    .command('create')
    .description('create a key and show it once')
    .option('--name <name>', 'name of the key in lists', defaultKeyName)
    .option('--admin', 'also allow it to pull, load, unload and remove models')
    .option(
      '--expires <duration>',
      'lifetime of the key: 90m, 12h, 30d, 2w or 1y; by default it never expires',
      parseDuration,
    )
    .option('--json', 'print JSON')
    .action((flags: CreateFlags) => createKey(options, flags));

  keys
    .command('list')
    .description('list all keys, without their secrets')
    .option('--json', 'print JSON')
    .action((flags: OutputFlags) => listKeys(options, flags));

  keys
    .command('revoke')
    .description('revoke a key; running servers refuse it immediately')
    .argument('<id-or-name>', 'the id, or the name if it is unique')
    .option('--json', 'print JSON')
    .action((idOrName: string, flags: OutputFlags) => revokeKey(options, idOrName, flags));
}

async function createKey(options: KeysCommandOptions, flags: CreateFlags): Promise<void> {
  const { name, expires, json } = flags;
  const scopes = flags.admin ? (['inference', 'admin'] as const) : (['inference'] as const);
  const expiresAtMs = expires === undefined ? undefined : options.now() + expires;
  const { key, record } = await withService(options, (service) =>
    service.create({ name, scopes, expiresAtMs }),
  );
  if (json) {
    writeJson(options.output, { key, ...toPublicKey(record, options.now()) });
    return;
  }
  const expiry = record.expiresAtMs === undefined ? 'never' : toIsoTime(record.expiresAtMs);
  options.output.write(
    `${key}\n\nid       ${record.id}\nname     ${record.name}\nscopes   ${record.scopes.join(', ')}\nexpires  ${expiry}\n\nSave the key now. It is shown only once, because only its hash is stored.\n`,
  );
}

async function listKeys(options: KeysCommandOptions, { json }: OutputFlags): Promise<void> {
  const records = await withService(options, (service) => service.list());
  const keys = records.map((record) => toPublicKey(record, options.now()));
  if (json) {
    writeJson(options.output, keys);
    return;
  }
  if (keys.length === 0) {
    const message = 'There are no keys. Create one with `gravix keys create`.\n';
    options.output.write(nameCommands(message, options.commandName));
    return;
  }
  const header = ['ID', 'NAME', 'KEY', 'SCOPES', 'STATUS', 'CREATED', 'EXPIRES', 'LAST USED'];
  const rows = keys.map((key) => [
    key.id,
    key.name,
    key.hint,
    key.scopes.join(','),
    key.status,
    key.createdAt,
    key.expiresAt ?? 'never',
    key.lastUsedAt ?? 'never',
  ]);
  options.output.write(toTable(header, rows));
}

async function revokeKey(
  options: KeysCommandOptions,
  idOrName: string,
  { json }: OutputFlags,
): Promise<void> {
  const record = await withService(options, (service) => service.revoke(idOrName));
  if (json) {
    writeJson(options.output, toPublicKey(record, options.now()));
    return;
  }
  options.output.write(`Revoked ${record.id} ("${record.name}", ${record.hint}).\n`);
}

async function withService<Result>(
  { openKeyService }: KeysCommandOptions,
  use: (service: KeyService) => Promise<Result>,
): Promise<Result> {
  const opened = await openKeyService();
  try {
    return await use(opened.service);
  } finally {
    await opened.close();
  }
}

/** The public fields of a key: everything except its hashes. */
function toPublicKey(record: KeyRecord, nowMs: number) {
  const { hash: _secret, previousHash: _previousSecret, deletedAtMs: _deletion, ...shown } = record;
  const { createdAtMs, expiresAtMs, disabledAtMs, revokedAtMs, lastUsedAtMs, previousUntilMs, ...plain } =
    shown;
  return {
    ...plain,
    models: plain.models ?? null,
    budget: plain.budget ?? null,
    status: keyStatus(record, nowMs),
    createdAt: toIsoTime(createdAtMs),
    expiresAt: toOptionalIsoTime(expiresAtMs),
    disabledAt: toOptionalIsoTime(disabledAtMs),
    revokedAt: toOptionalIsoTime(revokedAtMs),
    lastUsedAt: toOptionalIsoTime(lastUsedAtMs),
    previousUntil: toOptionalIsoTime(previousUntilMs),
  };
}

function toOptionalIsoTime(atMs: number | undefined): string | null {
  return atMs === undefined ? null : toIsoTime(atMs);
}

function writeJson(output: NodeJS.WritableStream, value: unknown): void {
  output.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

function toIsoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

function parseDuration(text: string): number {
  const durationMs = toDurationMs(text);
  if (durationMs === undefined) {
    throw new InvalidArgumentError(
      'Write a whole number and a unit, such as 90m, 12h, 30d, 2w or 1y; ten years at most.',
    );
  }
  return durationMs;
}
