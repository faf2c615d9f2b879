import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { toStoreError } from './to-store-error.ts';

/**
 * The view of a pool that Kysely's dialect asks for. It adds three things:
 *
 * - Every failed query is thrown as a `StoreError`.
 * - A connection that failed is closed instead of used again: after a time-out its statement may still be running.
 * - A character that Postgres can't keep is replaced.
 */
export function toKyselyPool(pool: Pool): PostgresPool {
  return {
    async connect() {
      try {
        return toKyselyClient(await pool.connect());
      } catch (error) {
        throw toStoreError(error);
      }
    },
    end: () => pool.end(),
  };
}

function toKyselyClient(client: PoolClient): PostgresPoolClient {
  let failure: Error | undefined;

  async function query(text: string, parameters: readonly unknown[]) {
    // Otherwise a rollback would wait for the slow statement to finish.
    if (failure !== undefined) throw failure;
    try {
      return await client.query(text, parameters.map(toParameter));
    } catch (error) {
      const reported = toStoreError(error);
      if (!(error instanceof DatabaseError) && reported instanceof Error) failure = reported;
      throw reported;
    }
  }
  return {
    // Kysely's type has a second form, for cursors, which we don't use.
    query: query as unknown as PostgresPoolClient['query'],
    release: () => client.release(failure),
  };
}

/**
 * No text in Postgres has a NUL, so nothing is found by one. The replacement is what Node.js sends for a lone surrogate.
 * What is kept is JSON, in which both are escaped.
 */
function toParameter(parameter: unknown): unknown {
  return typeof parameter === 'string' ? parameter.replaceAll('\0', '\uFFFD') : parameter;
}
