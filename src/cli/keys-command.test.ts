import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { createKeyService } from '../service/keys/keys.ts';
import { createSqlKeyStore } from '../store/sql/sql-key-store.ts';
import { openDatabase } from '../store/sqlite/open-database.ts';
import { registerKeysCommand } from './keys-command.ts';

const nowMs = Date.UTC(2030, 0, 1);

/** A command line over a real database, which each command opens and closes anew. */
function createCommandLine() {
  const file = join(createTemporaryFolder(), 'gravix.db');
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
    registerKeysCommand(program, { commandName: 'gravix', openKeyService, output, now: () => nowMs });
    // Subcommands take the override over only when they are made after it, which registering does.
    await program.parseAsync(['keys', ...words], { from: 'user' });
    return String(output.read() ?? '');
  };
  return { execute, opened, openKeyService };
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
