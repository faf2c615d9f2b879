import type { ClientBase } from 'pg';
import { StoreError } from '../store-error.ts';

/** The oldest version that is tested or still supported by its makers, as Postgres counts: 13.0. */
const serverVersionMin = 130_000;

interface ServerFacts {
  readonly version: number;
  readonly versionText: string;
  readonly encoding: string;
}

/**
 * Refuses a server on which queries or texts would fail one by one later.
 * @throws StoreError `unavailable`
 */
export async function assertServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<ServerFacts>(`
    SELECT current_setting('server_version_num')::int AS "version", current_setting('server_version') AS "versionText",
      current_setting('server_encoding') AS "encoding"`);
  const [facts] = rows;
  if (facts === undefined) return;
  if (facts.version < serverVersionMin) {
    const oldest = serverVersionMin / 10_000;
    throw new StoreError(
      'unavailable',
      `It is served by Postgres ${facts.versionText}; Gravix needs ${oldest} or newer.`,
    );
  }
  if (facts.encoding !== 'UTF8') {
    throw new StoreError(
      'unavailable',
      `Its encoding is ${facts.encoding}; Gravix needs a database that was made with ENCODING 'UTF8'.`,
    );
  }
}
