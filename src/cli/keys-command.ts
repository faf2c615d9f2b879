import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { type CommandName, nameCommands } from '../app/command-name.ts';
import type { OpenedKeyService } from '../app/local-keys.ts';
import type { KeyRecord, KeyScope } from '../service/keys/api-key.ts';
import type { CreatedKey } from '../service/keys/key-changer.ts';
import type { KeyService } from '../service/keys/keys.ts';
import { type LocalKeyFile, updateLocalKey } from '../service/keys/local-key.ts';
import { toCommandActor } from './command-actor.ts';
import { parseDuration } from './parse-duration.ts';
import {
  addPolicyOptions,
  collect,
  type PolicyFlags,
  toBudgetChanges,
  toLimitChanges,
  toMetadataPairs,
  toNewLimits,
} from './policy-options.ts';
import { describeKey, toPublicKey } from './show-key.ts';
import { toIsoTime, writeJson } from './show-policy.ts';
import { toTable } from './to-table.ts';

const defaultKeyName = 'unnamed';
/** One hour. */
const overlapMsDefault = 3_600_000;

export interface KeysCommandOptions {
  /** Opens the keys of the configured data folder; each command closes them when it is done. */
  readonly openKeyService: () => Promise<OpenedKeyService>;
  /** The file with the key of local commands. */
  readonly openKeyFile?: () => LocalKeyFile;
  readonly output: NodeJS.WritableStream;
  readonly commandName: CommandName;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

interface OutputFlags {
  readonly json?: true;
}

interface KeyFlags extends OutputFlags, PolicyFlags {
  readonly name: string;
  readonly admin?: true;
  readonly scope: readonly KeyScope[];
  readonly model: readonly string[];
  readonly project?: string;
  /** Milliseconds from now. */
  readonly expires?: number | 'never';
  readonly allModels?: true;
}

/**
 * Adds `gravix keys create|list|show|rename|update|disable|enable|rotate|delete|revoke`. What fails is thrown out of the
 * program's `parseAsync` as `KeyServiceError` or `StoreError`.
 */
export function registerKeysCommand(program: Command, options: KeysCommandOptions): void {
  const keys = program.command('keys').description('make, list, change and delete API keys');
  const addNamed = (name: string, description: string, run: NamedRun) =>
    keys
      .command(name)
      .description(description)
      .argument('<id-or-name>', 'the id, or the name if one key alone has it')
      .option('--json', 'print JSON')
      .action((idOrName: string, flags: KeyFlags) => run(options, idOrName, flags));

  addKeyOptions(keys.command('create').description('make a key and show it once'), false)
    .option('--name <name>', 'what the key is called in lists', defaultKeyName)
    .option('--admin', 'let it manage models, keys and projects, too')
    .option('--expires <duration>', 'when it ends: 90m, 12h, 30d, 2w or 1y; never if left out', parseDuration)
    .action((flags: KeyFlags) => createKey(options, flags));
  keys
    .command('list')
    .description('show all keys, without what would let anyone use them')
    .option('--project <id-or-name>', 'only keys of this project')
    .option('--json', 'print JSON')
    .action((flags: KeyFlags) => listKeys(options, flags));
  addNamed('show', 'show everything that is known of a key', showKey);
  keys
    .command('rename')
    .description('give a key another name')
    .argument('<id-or-name>', 'the id, or the name if one key alone has it')
    .argument('<new-name>', 'what it is called from now on')
    .option('--json', 'print JSON')
    .action((idOrName: string, name: string, flags: OutputFlags) =>
      changeKey(options, flags, (service, actor) => updateKey(service, actor, idOrName, { name })),
    );
  addKeyOptions(addNamed('update', 'change what a key may do and use', updateNamedKey), true)
    .option('--all-models', 'let it use every model')
    .option('--expires <duration>', 'when it ends from now: 90m, 12h, 30d, 2w, 1y or never', parseExpiry);
  addNamed('disable', 'refuse a key until it is enabled again', (_, idOrName, flags) =>
    changeKey(options, flags, (service, actor) => updateKey(service, actor, idOrName, { isDisabled: true })),
  );
  addNamed('enable', 'accept a disabled key again', (_, idOrName, flags) =>
    changeKey(options, flags, (service, actor) => updateKey(service, actor, idOrName, { isDisabled: false })),
  );
  addNamed('rotate', 'make a new secret for a key and show it once', rotateKey).option(
    '--overlap <duration>',
    'how long the key before is accepted, too, such as 30m or 2d, or 0; one hour if left out',
    parseOverlap,
  );
  addNamed('delete', 'refuse a key from now on and forget it', deleteKey);
  addNamed('revoke', 'refuse a key from now on, and leave it in the list', revokeKey);
}

type NamedRun = (options: KeysCommandOptions, idOrName: string, flags: KeyFlags) => Promise<void>;
type Actor = ReturnType<typeof toCommandActor>;

function addKeyOptions(command: Command, isChange: boolean): Command {
  command
    .option('--scope <scope>', 'inference, admin or metrics; may be repeated', collectScope, [])
    .option('--model <pattern>', 'a model that it may use, or a pattern with *; may be repeated', collect, [])
    .option('--project <id-or-name>', 'the project that it belongs to');
  addPolicyOptions(command, isChange);
  return isChange ? command : command.option('--json', 'print JSON');
}

function collectScope(value: string, scopes: readonly KeyScope[]): readonly KeyScope[] {
  if (value !== 'inference' && value !== 'admin' && value !== 'metrics') {
    throw new InvalidArgumentError('Write inference, admin or metrics.');
  }
  return scopes.includes(value) ? scopes : [...scopes, value];
}

function parseExpiry(text: string): number | 'never' {
  return text === 'never' ? text : parseDuration(text);
}

function parseOverlap(text: string): number {
  return text === '0' ? 0 : parseDuration(text);
}

async function createKey(options: KeysCommandOptions, flags: KeyFlags): Promise<void> {
  const { name, expires, project, json, model: models } = flags;
  const nowMs = options.now();
  const created = await withService(options, (service, actor) =>
    service.create(
      {
        name,
        project,
        scopes: toScopes(flags) ?? ['inference'],
        models: models.length === 0 ? undefined : models,
        expiresAtMs: typeof expires === 'number' ? nowMs + expires : undefined,
        limits: toNewLimits(flags),
        budget: toBudgetChanges(flags, nowMs) ?? undefined,
        metadata: toMetadataPairs(flags),
      },
      actor,
    ),
  );
  if (json) writeCreatedJson(options, created);
  else writeCreated(options, created);
}

function toScopes({ scope, admin }: KeyFlags): readonly KeyScope[] | undefined {
  const scopes = new Set<KeyScope>([...(admin ? (['inference', 'admin'] as const) : []), ...scope]);
  return scopes.size === 0 ? undefined : [...scopes];
}

function writeCreatedJson(options: KeysCommandOptions, { key, record }: CreatedKey): void {
  writeJson(options.output, { key, ...toPublicKey(record, options.now()) });
}

function writeCreated({ output }: KeysCommandOptions, { key, record }: CreatedKey): void {
  const expiry = record.expiresAtMs === undefined ? 'never' : toIsoTime(record.expiresAtMs);
  output.write(
    `${key}\n\nid       ${record.id}\nname     ${record.name}\nscopes   ${record.scopes.join(', ')}\nexpires  ${expiry}\n\nKeep the key now: it is shown this once, and only its hash is stored.\n`,
  );
}

async function listKeys(options: KeysCommandOptions, { project, json }: KeyFlags): Promise<void> {
  const records = await withService(options, async (service) => {
    const keys = await service.list();
    if (project === undefined) return keys;
    const { id } = await service.projects.find(project);
    return keys.filter(({ projectId }) => projectId === id);
  });
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
  const header = ['ID', 'NAME', 'KEY', 'SCOPES', 'STATUS', 'PROJECT', 'CREATED', 'EXPIRES', 'LAST USED'];
  const rows = keys.map((key) => [
    ...[key.id, key.name, key.hint, key.scopes.join(','), key.status, key.projectId, key.createdAt],
    ...[key.expiresAt ?? 'never', key.lastUsedAt ?? 'never'],
  ]);
  options.output.write(toTable(header, rows));
}

async function showKey(options: KeysCommandOptions, idOrName: string, flags: OutputFlags): Promise<void> {
  await changeKey(options, flags, (service) => service.find(idOrName));
}

async function updateNamedKey(options: KeysCommandOptions, idOrName: string, flags: KeyFlags): Promise<void> {
  const nowMs = options.now();
  const { project, expires, model: models, allModels } = flags;
  const changes = {
    project,
    scopes: toScopes(flags),
    models: allModels ? null : models.length === 0 ? undefined : models,
    expiresAtMs: typeof expires === 'number' ? nowMs + expires : expires && null,
    limits: toLimitChanges(flags),
    budget: toBudgetChanges(flags, nowMs),
    metadata: toMetadataPairs(flags),
  };
  await changeKey(options, flags, (service, actor) => updateKey(service, actor, idOrName, changes));
}

async function updateKey(
  service: KeyService,
  actor: Actor,
  idOrName: string,
  changes: Parameters<KeyService['update']>[1],
): Promise<KeyRecord> {
  return await service.update((await service.find(idOrName)).id, changes, actor);
}

/** Shows the key as it is afterwards. */
async function changeKey(
  options: KeysCommandOptions,
  { json }: OutputFlags,
  change: (service: KeyService, actor: Actor) => Promise<KeyRecord>,
): Promise<void> {
  const record = await withService(options, change);
  if (json) writeJson(options.output, toPublicKey(record, options.now()));
  else options.output.write(describeKey(record, options.now()));
}

async function rotateKey(
  options: KeysCommandOptions,
  idOrName: string,
  { json, overlap = overlapMsDefault }: KeyFlags & { readonly overlap?: number },
): Promise<void> {
  const rotated = await withService(options, async (service, actor) =>
    service.rotate((await service.find(idOrName)).id, overlap, actor),
  );
  const file = await tryUpdateKeyFile(options, rotated);
  if (json) writeCreatedJson(options, rotated);
  else writeRotated(options, rotated, overlap, file);
  // Only now: the key is shown this once.
  if (file.failure !== undefined) throw file.failure.error;
}

interface KeyFileUpdate {
  /** Undefined: it has another key, or there is none. */
  readonly path?: string;
  readonly failure?: { readonly error: unknown };
}

async function tryUpdateKeyFile(
  { openKeyFile }: KeysCommandOptions,
  rotated: CreatedKey,
): Promise<KeyFileUpdate> {
  const file = openKeyFile?.();
  if (file === undefined) return {};
  try {
    return (await updateLocalKey(file, rotated)) ? { path: file.path } : {};
  } catch (error) {
    return { failure: { error } };
  }
}

function writeRotated(
  options: KeysCommandOptions,
  rotated: CreatedKey,
  overlap: number,
  { path }: KeyFileUpdate,
): void {
  writeCreated(options, rotated);
  const { previousUntilMs = 0 } = rotated.record;
  options.output.write(
    overlap === 0
      ? 'The key before is refused from now on.\n'
      : `The key before is accepted until ${toIsoTime(previousUntilMs)}.\n`,
  );
  if (path !== undefined) options.output.write(`Local commands use the new key: it is in ${path}.\n`);
}

async function deleteKey(options: KeysCommandOptions, idOrName: string, flags: OutputFlags): Promise<void> {
  await endKey(options, flags, 'Deleted', async (service, actor) =>
    service.remove((await service.find(idOrName)).id, actor),
  );
}

async function revokeKey(options: KeysCommandOptions, idOrName: string, flags: OutputFlags): Promise<void> {
  await endKey(options, flags, 'Revoked', (service, actor) => service.revoke(idOrName, actor));
}

async function endKey(
  options: KeysCommandOptions,
  { json }: OutputFlags,
  verb: 'Deleted' | 'Revoked',
  end: (service: KeyService, actor: Actor) => Promise<KeyRecord>,
): Promise<void> {
  const record = await withService(options, end);
  if (json) writeJson(options.output, toPublicKey(record, options.now()));
  else options.output.write(`${verb} ${record.id} ("${record.name}", ${record.hint}).\n`);
}

async function withService<Result>(
  { openKeyService }: KeysCommandOptions,
  use: (service: KeyService, actor: Actor) => Promise<Result>,
): Promise<Result> {
  const opened = await openKeyService();
  try {
    return await use(opened.service, toCommandActor());
  } finally {
    await opened.close();
  }
}
