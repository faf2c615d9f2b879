import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { describeWithPostgres } from '../../../test/postgres-server.ts';
import { migrate } from './migrate.ts';

describeWithPostgres('migrate', (server) => {
  async function connect(): Promise<Client> {
    const client = new Client(await server.createDatabase());
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  const first = { version: 1, postgres: 'CREATE TABLE one (a INTEGER)' };
  const second = { version: 2, postgres: 'ALTER TABLE one ADD COLUMN b INTEGER' };

  it('applies the steps that are missing, in order, and each once', async () => {
    const client = await connect();
    await migrate(client, [first]);
    await migrate(client, [first, second]);
    await migrate(client, [first, second]);
    await client.query('INSERT INTO one (a, b) VALUES (1, 2)');
    const { rows } = await client.query('SELECT version FROM gravix_schema_version');
    expect(rows).toEqual([{ version: 2 }]);
  });

  it('leaves nothing behind when a step fails', async () => {
    const client = await connect();
    const bad = { version: 2, postgres: 'CREATE TABLE two (a INTEGER); SELECT nothing' };
    await expect(migrate(client, [first, bad])).rejects.toThrow('column "nothing" does not exist');
    const { rows } = await client.query(
      `SELECT relname FROM pg_class WHERE relkind = 'r' AND relname !~ '^(pg|sql)_'`,
    );
    expect(rows).toEqual([]);
    await migrate(client, [first, second]);
  });
});
