import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { createKeyService } from '../service/keys/keys.ts';
import { createKeyFile } from '../store/key-file.ts';
import { createSqlKeyStore } from '../store/sql/sql-key-store.ts';
import { openDatabase } from '../store/sqlite/open-database.ts';
import { registerAuditCommand } from './audit-command.ts';
import { registerKeysCommand } from './keys-command.ts';
import { registerProjectsCommand } from './projects-command.ts';

const nowMs = Date.UTC(2030, 0, 1);

/** A command line over a real database, which each command opens and closes anew. */
function createCommandLine() {
  const file = join(createTemporaryFolder(), 'gravix.db');
  const keyFile = createKeyFile(join(createTemporaryFolder(), 'key'));
  const opened = { count: 0 };
  const openKeyService = async () => {
    const database = await openDatabase(file);
    opened.count += 1;
    const store = createSqlKeyStore(database);
    return {
      service: createKeyService({ store, environmentKey: undefined, now: () => nowMs }),
      async close() {
        opened.count -= 1;
        await database.close();
      },
    };
  };
  const execute = async (...words: string[]): Promise<string> => {
    const output = new PassThrough();
    const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
    registerKeysCommand(program, {
      commandName: 'gravix',
      openKeyService,
      openKeyFile: () => keyFile,
      output,
      now: () => nowMs,
    });
    // Subcommands take the override over only when they are made after it, which registering does.
    await program.parseAsync(['keys', ...words], { from: 'user' });
    return String(output.read() ?? '');
  };
  return { execute, opened, openKeyService, keyFile };
}

describe('gravix keys', () => {
  it('creates a key that works, and shows it this once', async () => {
    const { execute, openKeyService, opened } = createCommandLine();
    const output = await execute('create', '--name', 'laptop', '--expires', '30d');
    const [key = ''] = output.split('\n');
    expect(output).toMatch(
      /^gx-\S{71}\n\nid {7}key_[0-9a-f]{16}\nname {5}laptop\nscopes {3}inference\nexpires {2}2030-01-31T00:00:00\.000Z\n/,
    );
    const { service, close } = await openKeyService();
    expect(await service.verify(key)).toMatchObject({ name: 'laptop' });
    const hash = (await service.list())[0]?.hash ?? 'none';
    await close();
    const listed =
      (await execute('list')) +
      (await execute('list', '--json')) +
      (await execute('revoke', 'laptop', '--json'));
    expect(listed).toContain(key.slice(0, 24));
    expect(listed).not.toContain(key.slice(24));
    expect(listed).not.toContain(hash);
    expect(opened.count).toBe(0);
  });

  it('prints JSON', async () => {
    const { execute } = createCommandLine();
    const { key, ...created } = JSON.parse(await execute('create', '--json'));
    expect(key).toMatch(/^gx-/);
    expect(created).toStrictEqual({
      id: expect.stringMatching(/^key_/),
      name: 'unnamed',
      hint: `${key.slice(0, 24)}…`,
      projectId: 'default',
      scopes: ['inference'],
      models: null,
      limits: {},
      budget: null,
      metadata: {},
      status: 'active',
      createdAt: '2030-01-01T00:00:00.000Z',
      expiresAt: null,
      disabledAt: null,
      revokedAt: null,
      lastUsedAt: null,
      previousUntil: null,
    });
    expect(JSON.parse(await execute('list', '--json'))).toStrictEqual([created]);
    expect(JSON.parse(await execute('revoke', created.id, '--json'))).toStrictEqual({
      ...created,
      status: 'revoked',
      revokedAt: '2030-01-01T00:00:00.000Z',
    });
  });

  it('makes a key with everything, and shows it to people and programs', async () => {
    const { execute } = createCommandLine();
    await execute(
      'create',
      '--name',
      'full',
      '--scope',
      'metrics',
      '--scope',
      'inference',
      '--model',
      'a*',
      '--model',
      'b',
      ...[
        '--requests-per-minute',
        '5',
        '--concurrent-requests',
        '2',
        '--budget-amount',
        '12.5',
        '--budget-tokens',
        '9',
      ],
      ...['--budget-period', 'month', '--budget-time-zone', 'Europe/Berlin', '--metadata', 'a=b=c'],
    );
    expect(JSON.parse(await execute('show', 'full', '--json'))).toMatchObject({
      scopes: ['metrics', 'inference'],
      models: ['a*', 'b'],
      limits: { requestsPerMinute: 5, concurrentRequests: 2 },
      budget: { amount: 12.5, currency: 'USD', tokens: 9, period: 'month', timeZone: 'Europe/Berlin' },
      metadata: { a: 'b=c' },
    });
    expect(await execute('show', 'full')).toContain('5 requests a minute, 2 requests at once');
    await execute(
      'update',
      'full',
      '--all-models',
      '--requests-per-minute',
      'none',
      '--budget-override-amount',
      '20',
      '--budget-override-for',
      '3d',
    );
    expect(JSON.parse(await execute('update', 'full', '--expires', '1h', '--json'))).toMatchObject({
      models: null,
      limits: { concurrentRequests: 2 },
      budget: { amount: 12.5, override: { amount: 20, until: '2030-01-04T00:00:00.000Z' } },
      expiresAt: '2030-01-01T01:00:00.000Z',
      metadata: { a: 'b=c' },
    });
    const cleared = await execute('update', 'full', '--no-budget', '--expires', 'never', '--json');
    expect(JSON.parse(cleared)).toMatchObject({ budget: null, expiresAt: null });
  });

  it('renames, disables, enables, rotates and deletes', async () => {
    const { execute, openKeyService } = createCommandLine();
    const created = JSON.parse(await execute('create', '--name', 'one', '--json'));
    const isAccepted = async (key: string) => {
      const { service, close } = await openKeyService();
      const identity = await service.verify(key);
      await close();
      return identity !== undefined;
    };
    expect(JSON.parse(await execute('rename', 'one', 'two', '--json'))).toMatchObject({ name: 'two' });
    expect(await execute('disable', 'two')).toMatch(/^status +disabled$/m);
    expect(await isAccepted(created.key)).toBe(false);
    expect(await execute('enable', 'two')).toMatch(/^status +active$/m);
    const rotated = JSON.parse(await execute('rotate', 'two', '--overlap', '30m', '--json'));
    expect(rotated).toMatchObject({ id: created.id, previousUntil: '2030-01-01T00:30:00.000Z' });
    expect([await isAccepted(created.key), await isAccepted(rotated.key)]).toStrictEqual([true, true]);
    expect(await execute('rotate', 'two', '--overlap', '0')).toContain(
      'The key before is refused from now on.',
    );
    expect([await isAccepted(created.key), await isAccepted(rotated.key)]).toStrictEqual([false, false]);
    expect(await execute('delete', 'two')).toMatch(/^Deleted key_[0-9a-f]{16} \("two", gx-.{21}…\)\.\n$/);
    expect(JSON.parse(await execute('list', '--json'))).toStrictEqual([]);
  });

  it('does not end the last admin key', async () => {
    const { execute } = createCommandLine();
    await execute('create', '--name', 'boss', '--admin');
    for (const words of [
      ['delete', 'boss'],
      ['revoke', 'boss'],
      ['disable', 'boss'],
      ['update', 'boss', '--expires', '1d'],
      ['update', 'boss', '--scope', 'inference'],
    ]) {
      await expect(execute(...words), words.join(' ')).rejects.toMatchObject({ code: 'last_admin_key' });
    }
    await execute('create', '--name', 'heir', '--admin', '--expires', '30d');
    await expect(execute('update', 'boss', '--expires', '60d')).rejects.toMatchObject({
      code: 'last_admin_key',
    });
    await execute('update', 'boss', '--expires', '20d');
    await execute('delete', 'boss');
  });

  it('manages projects', async () => {
    const { execute, openKeyService } = createCommandLine();
    const project = async (...words: string[]) => {
      const output = new PassThrough();
      const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
      registerProjectsCommand(program, { commandName: 'gravix', openKeyService, output, now: () => nowMs });
      await program.parseAsync(['projects', ...words], { from: 'user' });
      return String(output.read() ?? '');
    };
    const made = JSON.parse(await project('create', 'team', '--tokens-per-day', '1000', '--json'));
    expect(made).toMatchObject({ name: 'team', limits: { tokensPerDay: 1000 }, budget: null });
    await execute('create', '--name', 'member', '--project', 'team');
    expect(JSON.parse(await execute('list', '--project', 'team', '--json'))).toMatchObject([
      { projectId: made.id },
    ]);
    await expect(project('delete', 'team')).rejects.toMatchObject({ code: 'project_in_use' });
    expect(await project('rename', 'team', 'crew')).toMatch(/^name +crew$/m);
    expect(await project('update', 'crew', '--budget-amount', '3', '--budget-period', 'week')).toMatch(
      /^budget +3 USD a week$/m,
    );
    expect(await project('list')).toMatch(/^default +default/m);
    await execute('delete', 'member');
    expect(await project('delete', 'crew')).toBe(`Deleted ${made.id} ("crew").\n`);
    await expect(project('show', 'crew')).rejects.toMatchObject({ code: 'unknown_project' });
  });

  it('rotates the key of local commands together with its file', async () => {
    const { execute, openKeyService, keyFile } = createCommandLine();
    const isAccepted = async (key: string) => {
      const { service, close } = await openKeyService();
      const identity = await service.verify(key);
      await close();
      return identity !== undefined;
    };
    const local = JSON.parse(await execute('create', '--name', 'local', '--json'));
    await execute('create', '--name', 'other');
    await keyFile.writeOnce(local.key);
    expect(await execute('rotate', 'other')).not.toContain(keyFile.path);
    expect(await keyFile.read()).toBe(local.key);
    const text = await execute('rotate', 'local', '--overlap', '1d');
    expect(text).toContain(`Local commands use the new key: it is in ${keyFile.path}.\n`);
    const [second = ''] = text.split('\n');
    expect(await keyFile.read()).toBe(second);
    expect(statSync(keyFile.path).mode & 0o777).toBe(0o600);
    // Both are accepted during the overlap, and the file has the one that stays.
    expect([await isAccepted(local.key), await isAccepted(second)]).toEqual([true, true]);
    const third = JSON.parse(await execute('rotate', 'local', '--overlap', '0', '--json'));
    expect(await keyFile.read()).toBe(third.key);
    expect([await isAccepted(second), await isAccepted(third.key)]).toEqual([false, true]);
    // A file that was forgotten at an earlier rotation is mended by the next one.
    await keyFile.replace(local.key);
    await execute('rotate', 'local');
    expect(await isAccepted((await keyFile.read()) ?? '')).toBe(true);
  });

  it('shows a rotated key also where its file can not be written', async () => {
    const { execute, keyFile } = createCommandLine();
    const { key } = JSON.parse(await execute('create', '--name', 'local', '--json'));
    await keyFile.writeOnce(key);
    rmSync(keyFile.path);
    mkdirSync(keyFile.path);
    await expect(execute('rotate', 'local')).rejects.toMatchObject({ name: 'StoreError' });
    expect(await execute('show', 'local')).toMatch(/old key until/);
  });

  it('shows who changed what, page by page', async () => {
    const { execute, openKeyService, opened } = createCommandLine();
    const audit = async (...words: string[]) => {
      const output = new PassThrough();
      const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
      registerAuditCommand(program, { commandName: 'gravix', openKeyService, output, now: () => nowMs });
      await program.parseAsync(['audit', ...words], { from: 'user' });
      return String(output.read() ?? '');
    };
    expect(await audit()).toBe('There are no entries.\n');
    for (const name of ['one', 'two', 'three']) await execute('create', '--name', name);
    await execute('rename', 'two', 'second');
    const { id } = JSON.parse(await execute('show', 'second', '--json'));
    const first = JSON.parse(await audit('--limit', '3', '--json'));
    expect(first).toMatchObject({
      entries: [
        { action: 'key.updated', objectId: id, objectName: 'second', changes: { name: 'second' } },
        { action: 'key.created', objectName: 'three', at: '2030-01-01T00:00:00.000Z' },
        { action: 'key.created', objectName: 'two' },
      ],
      hasMore: true,
      lastId: expect.stringMatching(/^audit_/),
    });
    const rest = JSON.parse(await audit('--after', first.lastId, '--json'));
    expect(rest).toMatchObject({ entries: [{ objectName: 'one' }], hasMore: false });
    const text = await audit('--target', id, '--order', 'asc', '--limit', '1');
    expect(text).toMatch(
      /^TIME +BY +ACTION +OF +CHANGES\n2030-01-01T00:00:00\.000Z +\S+ \(command\) +key\.created +two \(key_/,
    );
    expect(text).toMatch(/\nMore: add --after audit_[0-9a-f]+\n$/);
    await expect(audit('--after', 'audit_none')).rejects.toMatchObject({ code: 'unknown_cursor' });
    for (const limit of ['0', '101', '1.5', 'many', '-1']) {
      await expect(audit(`--limit=${limit}`)).rejects.toMatchObject({ code: 'commander.invalidArgument' });
    }
    expect(opened.count).toBe(0);
  });

  it('lists in aligned columns', async () => {
    const { execute } = createCommandLine();
    expect(await execute('list')).toBe('There are no keys. Create one with `gravix keys create`.\n');
    await execute('create', '--name', 'a');
    await execute('create', '--name', 'a longer name 😀', '--expires', '1h');
    await execute('revoke', 'a');
    const lines = (await execute('list'))
      .trimEnd()
      .split('\n')
      .map((line) => [...line]);
    const [header = [], ...rows] = lines;
    expect(rows).toHaveLength(2);
    const column = header.join('').indexOf('CREATED');
    for (const row of rows) {
      expect(row.slice(column - 2, column + 24).join('')).toBe('  2030-01-01T00:00:00.000Z');
    }
    expect(rows.map((row) => /revoked|active/.exec(row.join(''))?.[0]).sort()).toStrictEqual([
      'active',
      'revoked',
    ]);
  });

  it('closes the keys and lets the refusal through', async () => {
    const { execute, opened } = createCommandLine();
    await expect(execute('revoke', 'nobody')).rejects.toMatchObject({ code: 'unknown_key' });
    await expect(execute('create', '--name', ' ')).rejects.toMatchObject({ code: 'invalid_name' });
    expect(opened.count).toBe(0);
  });

  it.each(['30', 'd', '0d', '-1d', '1.5h', '11y', '9999999999w', '30 d', '1s'])(
    'refuses the duration %j',
    async (duration) => {
      const { execute } = createCommandLine();
      await expect(execute('create', `--expires=${duration}`)).rejects.toMatchObject({
        code: 'commander.invalidArgument',
        message: expect.stringContaining('30d'),
      });
      expect(JSON.parse(await execute('list', '--json'))).toStrictEqual([]);
    },
  );
});
