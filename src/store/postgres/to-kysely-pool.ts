import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import type { StoreWatch } from '../store-watch.ts';
import { toStoreError } from './to-store-error.ts';

/**
 * The view of a pool that Kysely's dialect asks for. It adds four things:
 *
 * - Every failed query is thrown as a `StoreError`.
 * - A connection that failed is closed instead of used again: after a time-out its statement may still be running.
 * - A character that Postgres can't keep is replaced.
 * - During an outage every query fails at once, and connections from before it are not used again.
 */
export function toKyselyPool(pool: Pool, watch: StoreWatch | undefined): PostgresPool {
  const guard: Guard = watch === undefined ? (query) => query() : (query) => watch.guard(query);
  /** The number of outages when a connection was made. */
  const outages = new WeakMap<object, number>();
  pool.on('connect', (client) => outages.set(client, watch?.outages ?? 0));

  async function connect(): Promise<PoolClient> {
    for (;;) {
      const client = await take(pool, guard);
      if (outages.get(client) === (watch?.outages ?? 0)) return client;
      client.release(true);
    }
  }
  return {
    connect: async () => toKyselyClient(await connect(), guard),
    end: () => pool.end(),
  };
}

type Guard = <Result>(query: () => Promise<Result>) => Promise<Result>;

/** A connection that comes too late goes back. */
async function take(pool: Pool, guard: Guard): Promise<PoolClient> {
  let taken: Promise<PoolClient> | undefined;
  try {
    return await guard(async () => {
      taken = pool.connect();
      try {
        return await taken;
      } catch (error) {
        throw toStoreError(error);
      }
    });
  } catch (error) {
    taken?.then(
      (client) => client.release(true),
      () => undefined,
    );
    throw error;
  }
}

function toKyselyClient(client: PoolClient, guard: Guard): PostgresPoolClient {
  let failure: Error | undefined;

  async function query(text: string, parameters: readonly unknown[]) {
    // Otherwise a rollback would wait for the slow statement to finish.
    if (failure !== undefined) throw failure;
    try {
      return await guard(() => runQuery(client, text, parameters));
    } catch (error) {
      const isAnswer = error instanceof Error && error.cause instanceof DatabaseError;
      if (error instanceof Error && !isAnswer && !(error instanceof DatabaseError)) failure = error;
      throw error;
    }
  }
  return {
    // Kysely's type has a second form, for cursors, which we don't use.
    query: query as unknown as PostgresPoolClient['query'],
    release: () => client.release(failure),
  };
}

async function runQuery(client: PoolClient, text: string, parameters: readonly unknown[]) {
  try {
    return await client.query(text, parameters.map(toParameter));
  } catch (error) {
    throw toStoreError(error);
  }
}

/**
 * No text in Postgres has a NUL, so nothing is found by one. The replacement is what Node.js sends for a lone surrogate.
 * What is kept is JSON, in which both are escaped.
 */
function toParameter(parameter: unknown): unknown {
  return typeof parameter === 'string' ? parameter.replaceAll('\0', '\uFFFD') : parameter;
}
